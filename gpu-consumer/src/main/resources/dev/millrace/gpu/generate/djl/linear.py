# A matrix product with weights in one of the forms that a load can choose. The form is fixed at load.

class Linear:
  form : int
  weight : Tensor
  bias : Optional[Tensor]

  # form: 0 as it is, 1 in the layout that the device's own kernels like best, where they have one
  def __init__(self: __torch__.linear.Linear, weight: Tensor, bias: Optional[Tensor], form: int) -> NoneType:
    self.bias = bias
    if form == 1 and __torch__.packed.supported(weight):
      self.form = 1
      self.weight = __torch__.packed.pack(weight)
    else:
      self.form = 0
      self.weight = torch.contiguous(weight)
    return None

  def apply(self: __torch__.linear.Linear, x: Tensor) -> Tensor:
    if self.form == 1:
      return __torch__.packed.product(x, self.weight, self.bias)
    return torch.linear(x, self.weight, self.bias)


def load(weights: __torch__.weights.Weights, names: List[str], form: int) -> __torch__.linear.Linear:
  matrices = [name + ".weight" for name in names]
  biases = [name + ".bias" for name in names]
  return __torch__.linear.Linear(weights.stacked(matrices), weights.stacked_or_none(biases), form)
