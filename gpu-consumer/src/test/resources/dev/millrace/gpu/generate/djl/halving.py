# Makes matrices of float16 by themselves, with numbers that are made here.

class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def __getstate__(self: __torch__.halving.Model) -> int:
    return 0

  def __setstate__(self: __torch__.halving.Model, unused: int) -> NoneType:
    self.training = False
    return None

  # A matrix as it is where the processor knows no bfloat16 and nothing was laid anew.
  def linear(self: __torch__.halving.Model, weight: Tensor, bias: Optional[Tensor]) -> __torch__.linear.Linear:
    return __torch__.linear.Linear(weight, bias, 0)

  def matrix(self: __torch__.halving.Model, weight: Tensor) -> __torch__.halves.Matrix:
    return __torch__.halves.Matrix(weight, torch.zeros([torch.numel(weight)]))

  # The largest distance from a product in float32, in thousandths of the largest value on the way: of a sum that is next to
  # nothing what was rounded before may be anything.
  def distance(self: __torch__.halving.Model, outputs: int, inputs: int, rows: int) -> int:
    weight = torch.to(torch.randn([outputs, inputs]), 15)
    bias = torch.to(torch.randn([outputs]), 15)
    most = 0.
    for biased in [False, True]:
      given = annotate(Optional[Tensor], bias if biased else None)
      linear = self.linear(weight, given)
      linear.to_halves(torch.zeros([torch.numel(linear.weight)]))
      x = torch.to(torch.randn([rows, inputs]), 15)
      exact = torch.linear(torch.to(x, 6), torch.to(weight, 6), None)
      scale = float(torch.amax(torch.abs(exact)))
      if biased:
        exact = exact + torch.to(bias, 6)
        scale = max(scale, float(torch.amax(torch.abs(exact))))
      y = linear.apply(x)
      assert y.dtype == 15
      most = max(most, float(torch.amax(torch.abs(torch.to(y, 6) - exact))) / scale)
      rest = torch.to(torch.randn(torch.size(exact)), 15)
      exact = exact + torch.to(rest, 6)
      scale = max(scale, float(torch.amax(torch.abs(exact))))
      most = max(most, float(torch.amax(torch.abs(torch.to(linear.added(x, rest), 6) - exact))) / scale)
    return int(most * 1000.)

  # How many numbers are as they were, of a matrix whose largest is near this power of two, and some so many powers below.
  def unchanged(self: __torch__.halving.Model, power: int, below: int) -> int:
    weight = torch.randn([256, 64])
    weight = torch.where(torch.abs(weight) < 0.01, torch.zeros_like(weight), weight) * torch.ldexp(1., power)
    weight[1::2] *= torch.ldexp(1., -below)
    weight = torch.to(weight, 15)
    return int(torch.sum(torch.to(self.matrix(weight).plain() == weight, 4)))

  def nothing(self: __torch__.halving.Model) -> int:
    product = self.matrix(torch.to(torch.zeros([32, 16]), 15)).product(torch.to(torch.ones([3, 16]), 15))
    return int(torch.sum(torch.to(product != 0, 4)))

  # The largest distance that a feed-forward layer comes to while its three matrices change one after the other.
  def halving_layer(self: __torch__.halving.Model, rows: int) -> int:
    layer = __torch__.laid.mlp(0)
    x = torch.to(torch.randn([rows, 128]), 15)
    before = torch.to(layer.apply(x), 6)
    most = 0.
    for linear in layer.linears():
      linear.to_halves(torch.zeros([torch.numel(linear.weight)]))
      distance = torch.amax(torch.abs(torch.to(layer.apply(x), 6) - before))
      most = max(most, float(distance) / float(torch.amax(torch.abs(before))))
    return int(most * 1000.)
