# All families: layers between the two ends.

class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  weights : Optional[__torch__.weights.Weights]
  ends : Optional[__torch__.head.Ends]
  layers : List[__torch__.layer.Layer]
  layouts : Optional[__torch__.layouts.Layouts]
  halvable : List[__torch__.linear.Linear]
  frames : Dict[int, __torch__.frames.Frame]
  frequencies : Tensor
  numbers : Dict[str, float]
  form : int

  def __getstate__(self: __torch__.model.Model) -> int:
    return 0

  def __setstate__(self: __torch__.model.Model, state: int) -> NoneType:
    self.training = False
    self.weights = None
    self.ends = None
    self.layers = annotate(List[__torch__.layer.Layer], [])
    self.layouts = None
    self.halvable = annotate(List[__torch__.linear.Linear], [])
    self.frames = annotate(Dict[int, __torch__.frames.Frame], {})
    self.frequencies = torch.zeros([0])
    self.numbers = annotate(Dict[str, float], {})
    self.form = 0
    return None

  def begin(self: __torch__.model.Model, files: List[str], sizes: List[int], places: Dict[str, List[int]], device: str, numbers: Dict[str, float]) -> int:
    self.weights = __torch__.weights.Weights(files, sizes, places, device, int(numbers["dtype"]), int(numbers["block_rows"]), int(numbers["block_columns"]))
    self.numbers = numbers
    self.form = int(numbers["form"])
    self.frequencies = torch.to(__torch__.rope.frequencies(int(numbers["rotary_dim"]), numbers), device)
    return 0

  def load_layer(self: __torch__.model.Model, index: int, sparse: bool) -> int:
    weights = self.weights
    assert weights is not None
    self.layers.append(__torch__.layer.Layer(weights, index, self.numbers, sparse, self.form))
    return 0

  # Loads the two ends and lets go of the files. Returns the bytes of matrices that are kept as they are, how many weights
  # were quantized, the bytes that these take, how many matrices can be laid anew, how many `to_halves` takes, and 1 if
  # contexts can be read where they lie.
  def finish(self: __torch__.model.Model) -> List[int]:
    weights = self.weights
    assert weights is not None
    ends = __torch__.head.Ends(weights, self.numbers, self.form)
    self.ends = ends
    self.weights = None
    linears = ends.linears()
    for layer in self.layers:
      linears.extend(layer.linears())
    movable = 0
    once = "laid_from" in self.numbers and __torch__.packed.widens()
    if once or "moved_from" in self.numbers:
      least = int(self.numbers["laid_from" if once else "moved_from"])
      layouts = __torch__.layouts.Layouts(linears, least)
      if once:
        layouts.all_to_columns()
        for linear in linears:
          if linear.halvable(least):
            self.halvable.append(linear)
      else:
        movable = len(layouts.linears)
      self.layouts = layouts
    return [weights.plain_bytes, weights.quantized, weights.quantized_bytes, movable, len(self.halvable), int(self.layers[0].heads.in_place())]

  # Fails where the processor has no such products.
  def try_halves(self: __torch__.model.Model) -> int:
    matrix = __torch__.halves.Matrix(torch.ones([16, 16]), torch.zeros([256]))
    return torch.size(matrix.product(torch.ones([1, 16])), 0)

  # Every so-manyth of these matrices, from one of them to another: each takes one thread for long, so that several share
  # them. What they need on the way is there once, and leaves no holes between what stays.
  def to_halves(self: __torch__.model.Model, first: int, until: int, step: int) -> int:
    most = 0
    for i in range(first, until, step):
      most = max(most, torch.numel(self.halvable[i].weight))
    space = torch.empty([most])
    for i in range(first, until, step):
      self.halvable[i].to_halves(space)
    return 0

  # ints: of the plan and of the draws, so many of each. Tensors come from the host.
  def step(self: __torch__.model.Model, counts: List[int], ints: Tensor, sizes: List[int], draw_counts: List[int], draw_floats: Tensor) -> List[Tensor]:
    ends = self.ends
    assert ends is not None
    device = self.frequencies.device
    plan_ints, draw_ints = torch.split_with_sizes(__torch__.plan.moved(ints, device), sizes)
    plan = __torch__.plan.Plan(counts, plan_ints)
    x = self.through(plan)
    return ends.leave(x, plan.draws, plan.scored, plan.hidden, draw_counts, draw_ints, __torch__.plan.moved(draw_floats, device))

  # What the last layer makes of a step's tokens.
  def through(self: __torch__.model.Model, plan: __torch__.plan.Plan) -> Tensor:
    ends = self.ends
    assert ends is not None
    x = ends.enter(plan.tokens)
    cos, sin = __torch__.rope.angles(plan.positions, self.frequencies, self.numbers["angle_scale"], x.dtype)
    for layer in self.layers:
      x = layer.apply(x, cos, sin, plan, self.numbers["attention_scale"])
    return x

  # A step in a frame: opened once, then filled, run and left each time. Only what `run_frame` does can be recorded.
  def open_frame(self: __torch__.model.Model, frame: int, counts: List[int], size: int) -> int:
    self.frames[frame] = __torch__.frames.Frame(counts, size, self.frequencies.device)
    return frame

  # ints: of the plan, the rows that are asked for, and the draws.
  def fill_frame(self: __torch__.model.Model, frame: int, ints: Tensor, sizes: List[int], draw_floats: Tensor) -> int:
    self.frames[frame].fill(ints, sizes, draw_floats)
    return frame

  def run_frame(self: __torch__.model.Model, frame: int) -> int:
    now = self.frames[frame]
    now.x = self.through(now.plan())
    return frame

  # counts: how many of the rows are drawn for, scored, and told as they are.
  def leave_frame(self: __torch__.model.Model, frame: int, counts: List[int], draw_counts: List[int]) -> List[Tensor]:
    ends = self.ends
    assert ends is not None
    now = self.frames[frame]
    drawn, scored, hidden = torch.split_with_sizes(torch.to(now.rows, 4), counts)
    return ends.leave(now.x, drawn, scored, hidden, draw_counts, now.draw_ints, now.draw_floats)

  def close_frame(self: __torch__.model.Model, frame: int) -> int:
    del self.frames[frame]
    return frame

  # Lay some more of the large matrices for few rows or for many; return how many lie for few then.
  def to_columns(self: __torch__.model.Model) -> int:
    layouts = self.layouts
    return 0 if layouts is None else layouts.to_columns()

  def from_columns(self: __torch__.model.Model) -> int:
    layouts = self.layouts
    return 0 if layouts is None else layouts.from_columns()
