# For versions of PyTorch whose norm is one kernel on a GPU.

def fused(x: Tensor) -> bool:
  return x.is_cuda
