# A matrix product with weights in one of the forms that a load can choose. The form is fixed at load.

class Linear:
  form : int
  weight : Tensor
  bias : Optional[Tensor]
  scale : Tensor
  group : int
  lanes : int
  outputs : int
  bags : Optional[__torch__.columns.Bags]
  halves : Optional[__torch__.halves.Matrix]

  # form: 0 as it is, 1 in the layout that the device's own kernels like best, 8 for eight bits, else four bits in groups
  # of that many. A matrix that a form does not fit stays as the one before it would have it.
  def __init__(self: __torch__.linear.Linear, weight: Tensor, bias: Optional[Tensor], form: int) -> NoneType:
    self.bias = bias
    self.scale = torch.zeros([0])
    self.bags = None
    self.halves = None
    self.lanes = 0
    self.outputs = torch.size(weight, 0)
    self.group = 0
    if form >= 32:
      self.group = __torch__.quantized.fitting_group(weight, form)
    if self.group > 0:
      self.form = 4
      bytes, lanes, scale = __torch__.quantized.four(weight, self.group)
      self.weight = bytes
      self.lanes = lanes
      if lanes > 0:
        self.scale = __torch__.quantized.scales_and_middles(scale)
      else:
        self.scale = scale
    elif form == 8:
      self.form = 8
      whole, scale = __torch__.quantized.eight(weight)
      self.weight = whole
      self.scale = scale
    elif form > 0 and __torch__.packed.supported(weight):
      self.form = 1
      self.weight = __torch__.packed.pack(weight)
    else:
      self.form = 0
      self.weight = torch.contiguous(weight)
    return None

  def apply(self: __torch__.linear.Linear, x: Tensor) -> Tensor:
    if self.form == 1:
      return __torch__.packed.product(x, self.weight, self.bias)
    if self.form == 0:
      return __torch__.products.linear(x, self.weight, self.bias)
    bags = self.bags
    halves = self.halves
    if self.form == 3 and halves is not None:
      y = torch.type_as(halves.product(x), x)
    elif self.form == 2 and bags is not None:
      y = __torch__.columns.product(x, self.weight, bags)
    elif self.form == 8:
      y = __torch__.quantized.eight_product(x, self.weight, self.scale)
    elif self.form == 9 and bags is not None:
      y = __torch__.quantized.eight_laid_product(x, self.weight, self.scale, bags)
    else:
      y = __torch__.quantized.four_product(x, self.weight, self.lanes, self.scale, self.group)
    bias = self.bias
    if bias is not None:
      y = y + bias
    return y

  # rest + apply(x); what rest was may be gone.
  def added(self: __torch__.linear.Linear, x: Tensor, rest: Tensor) -> Tensor:
    if self.form == 1:
      return __torch__.packed.added(x, rest, self.weight, self.bias)
    if self.form == 0 and x.is_cuda and self.bias is None:
      return torch.addmm_(rest, x, torch.t(self.weight))
    halves = self.halves
    if self.form == 3 and halves is not None and self.bias is None:
      return torch.type_as(torch.add_(halves.product(x), rest), rest)
    return rest + self.apply(x)

  # Whether it is one that `to_columns` and `from_columns` lay anew; they return how many weights that were.
  def movable(self: __torch__.linear.Linear, least: int) -> bool:
    if self.weight.is_cuda or torch.numel(self.weight) < least:
      return False
    if self.form != 1 and self.form != 8:
      return False
    return __torch__.columns.width(self.outputs) > 0

  def to_columns(self: __torch__.linear.Linear, shapes: __torch__.columns.Shapes) -> int:
    if self.form == 8:
      self.weight = __torch__.quantized.eight_laid(self.weight)
      self.form = 9
    else:
      self.weight = __torch__.columns.laid(__torch__.packed.plain(self.weight))
      self.form = 2
    blocks, inputs, _ = torch.size(self.weight)
    self.bags = shapes.bags(blocks, inputs, 6 if self.form == 9 else self.weight.dtype)
    return torch.numel(self.weight)

  def from_columns(self: __torch__.linear.Linear) -> int:
    if self.form == 9:
      self.weight = __torch__.quantized.eight_plain(self.weight, self.outputs)
      self.form = 8
    else:
      self.weight = __torch__.packed.pack(__torch__.columns.plain(self.weight, self.outputs))
      self.form = 1
    return torch.numel(self.weight)

  # Whether it is one that `to_halves` lays anew, for good.
  def halvable(self: __torch__.linear.Linear, least: int) -> bool:
    return self.form == 0 and torch.numel(self.weight) >= least and __torch__.halves.supported(self.weight)

  def to_halves(self: __torch__.linear.Linear, space: Tensor) -> NoneType:
    self.halves = __torch__.halves.Matrix(self.weight, space)
    self.weight = torch.zeros([0])
    self.form = 3
    return None


def load(weights: __torch__.weights.Weights, names: List[str], form: int) -> __torch__.linear.Linear:
  matrices = [name + ".weight" for name in names]
  biases = [name + ".bias" for name in names]
  return __torch__.linear.build(weights, weights.stacked(matrices), weights.stacked_or_none(biases), form)

# Builds one and adds what it takes to the books.
def build(weights: __torch__.weights.Weights, weight: Tensor, bias: Optional[Tensor], form: int) -> __torch__.linear.Linear:
  linear = __torch__.linear.Linear(weight, bias, form)
  if linear.form >= 4:
    weights.quantized += torch.numel(weight)
    weights.quantized_bytes += torch.numel(linear.weight) * torch.element_size(linear.weight)
    weights.quantized_bytes += torch.numel(linear.scale) * torch.element_size(linear.scale)
  else:
    weights.plain_bytes += torch.numel(weight) * torch.element_size(weight)
  return linear
