# Matrices for processors that know no bfloat16, in float16, which they do know how to make into float32: FBGEMM's products do
# it in their registers, so that weights are read once at the memory's pace and many rows are multiplied at float32's.
# A matrix is scaled by a power of two that puts its largest number near float16's end. All others are exact then down to
# the 2^32nd part of the largest, and what is smaller is rounded to multiples of its 2^40th part, once and for all.

class Matrix:
  packed : __torch__.torch.classes.quantized.LinearPackedParamsBase
  scale : float

  # space: where it is made wide on the way
  def __init__(self: __torch__.halves.Matrix, weight: Tensor, space: Tensor) -> NoneType:
    largest = max(float(torch.amax(weight)), -float(torch.amin(weight)))
    _, exponent = torch.frexp(largest)
    power = 15 - exponent
    self.scale = torch.ldexp(1., -power)
    scaled = torch.view(space[:torch.numel(weight)], torch.size(weight))
    scaled = torch.mul_(torch.copy_(scaled, weight), torch.ldexp(1., power))
    self.packed = ops.quantized.linear_prepack_fp16(scaled, None)
    return None

  # In float32.
  def product(self: __torch__.halves.Matrix, x: Tensor) -> Tensor:
    return ops.quantized.linear_dynamic_fp16(torch.to(x * self.scale, 6), self.packed)

  # Its numbers as they are multiplied.
  def plain(self: __torch__.halves.Matrix) -> Tensor:
    scaled, _ = ops.quantized.linear_unpack_fp16(self.packed)
    return torch.to(torch.mul_(scaled, self.scale), 15)


# Whether it is one that the processor multiplies better so.
def supported(weight: Tensor) -> bool:
  return weight.dtype == 15 and not weight.is_cuda and __torch__.packed.widens()
