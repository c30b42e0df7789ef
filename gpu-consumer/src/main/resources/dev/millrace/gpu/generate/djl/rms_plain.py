# For versions of PyTorch whose norm is seven calls everywhere.

def fused(x: Tensor) -> bool:
  return False
