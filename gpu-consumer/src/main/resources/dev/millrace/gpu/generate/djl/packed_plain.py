# Where no prepacked product exists: nothing is packed.

def supported(weight: Tensor) -> bool:
  return False

def pack(weight: Tensor) -> Tensor:
  return weight

def product(x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
  return torch.linear(x, weight, bias)
