# Where no prepacked product exists: nothing is packed, and nothing else of this is called.

def supported(weight: Tensor) -> bool:
  return False

def widens() -> bool:
  return False

def pack(weight: Tensor) -> Tensor:
  return weight

def plain(weight: Tensor) -> Tensor:
  return weight

def product(x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
  return torch.linear(x, weight, bias)

def added(x: Tensor, rest: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
  return rest + torch.linear(x, weight, bias)

def gated(x: Tensor, gate: Tensor, up: Tensor) -> Tensor:
  return torch.silu(torch.linear(x, gate, None)) * torch.linear(x, up, None)
