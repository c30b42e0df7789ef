# Lays matrices by themselves, with numbers that are made here.

class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  weights : List[Tensor]
  kept : List[Tensor]
  linears : List[__torch__.linear.Linear]
  layouts : Optional[__torch__.layouts.Layouts]

  def __getstate__(self: __torch__.laying.Model) -> int:
    return 0

  def __setstate__(self: __torch__.laying.Model, unused: int) -> NoneType:
    self.training = False
    self.weights = annotate(List[Tensor], [])
    self.kept = annotate(List[Tensor], [])
    self.linears = annotate(List[__torch__.linear.Linear], [])
    self.layouts = None
    return None

  def make(self: __torch__.laying.Model, count: int, outputs: int, inputs: int, least: int, form: int) -> int:
    self.weights = annotate(List[Tensor], [])
    self.kept = annotate(List[Tensor], [])
    self.linears = annotate(List[__torch__.linear.Linear], [])
    for i in range(count):
      weight = torch.to(torch.randn([outputs, inputs]), 15)
      linear = __torch__.linear.Linear(weight, torch.to(torch.randn([outputs]), 15), form)
      if form == 8:
        self.kept.append(linear.weight)
        weight = torch.to(linear.weight, 6) * torch.unsqueeze(torch.to(linear.scale, 6), 1)
      else:
        self.kept.append(weight)
      self.weights.append(weight)
      self.linears.append(linear)
    layouts = __torch__.layouts.Layouts(self.linears, least)
    self.layouts = layouts
    return len(layouts.linears)

  # Whether matrices in bfloat16 can be laid so.
  def plain(self: __torch__.laying.Model) -> int:
    return 1 if __torch__.packed.supported(torch.to(torch.zeros([1, 1]), 15)) else 0

  # How many lie in columns after one move, or after all.
  def to_columns(self: __torch__.laying.Model, all: int) -> int:
    return self.told(self.made().to_columns(), all, True)

  def from_columns(self: __torch__.laying.Model, all: int) -> int:
    return self.told(self.made().from_columns(), all, False)

  def made(self: __torch__.laying.Model) -> __torch__.layouts.Layouts:
    layouts = self.layouts
    assert layouts is not None
    return layouts

  def told(self: __torch__.laying.Model, moved: int, all: int, columns: bool) -> int:
    before = -1
    while all > 0 and moved != before:
      before = moved
      moved = self.made().to_columns() if columns else self.made().from_columns()
    lie = 0
    for linear in self.linears:
      lie += 1 if linear.form == 2 or linear.form == 9 else 0
    assert lie == moved
    return moved

  # The largest distance from a product in float32, in thousandths of the largest value there.
  def distance(self: __torch__.laying.Model, rows: int) -> int:
    most = 0.
    for i in range(len(self.linears)):
      linear = self.linears[i]
      x = torch.to(torch.randn([rows, torch.size(self.weights[i], 1)]), 15)
      bias = linear.bias
      assert bias is not None
      exact = torch.linear(torch.to(x, 6), torch.to(self.weights[i], 6), torch.to(bias, 6))
      scale = float(torch.amax(torch.abs(exact)))
      most = max(most, float(torch.amax(torch.abs(torch.to(linear.apply(x), 6) - exact))) / scale)
      rest = torch.to(torch.randn(torch.size(exact)), 15)
      exact = exact + torch.to(rest, 6)
      most = max(most, float(torch.amax(torch.abs(torch.to(linear.added(x, rest), 6) - exact))) / scale)
    return int(most * 1000.)

  # Of how many matrices every bit is as it was when they were made.
  def unchanged(self: __torch__.laying.Model) -> int:
    same = 0
    for i in range(len(self.linears)):
      linear = self.linears[i]
      if linear.form == 2:
        now = __torch__.columns.plain(linear.weight, linear.outputs)
      elif linear.form == 9:
        now = __torch__.quantized.eight_plain(linear.weight, linear.outputs)
      elif linear.form == 8 or linear.form == 0:
        now = linear.weight
      else:
        now = __torch__.packed.plain(linear.weight)
      same += 1 if torch.equal(now, self.kept[i]) else 0
    return same

  # The largest distance that a feed-forward layer comes to while its three matrices move one after the other.
  def moving_layer(self: __torch__.laying.Model, rows: int, form: int) -> int:
    layer = __torch__.laid.mlp(form)
    x = torch.to(torch.randn([rows, 128]), 15)
    before = torch.to(layer.apply(x), 6)
    shapes = __torch__.columns.Shapes()
    linears = layer.linears()
    assert len(linears) == 3
    most = 0.
    for linear in linears:
      if linear.movable(0):
        linear.to_columns(shapes)
      distance = torch.amax(torch.abs(torch.to(layer.apply(x), 6) - before))
      most = max(most, float(distance) / float(torch.amax(torch.abs(before))))
    return int(most * 1000.)
