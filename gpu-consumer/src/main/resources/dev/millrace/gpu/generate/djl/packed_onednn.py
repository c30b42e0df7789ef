# Prepacked products through oneDNN, for bfloat16 on x86-64.

def supported(weight: Tensor) -> bool:
  return weight.dtype == 15 and not weight.is_cuda and ops.mkldnn._is_mkldnn_bf16_supported()

# Whether the processor knows no bfloat16: one number after the other is then made into float32 to be multiplied.
def widens() -> bool:
  return not ops.mkldnn._is_mkldnn_bf16_supported()

def pack(weight: Tensor) -> Tensor:
  return ops.mkldnn._reorder_linear_weight(torch.contiguous(weight), None)

def plain(weight: Tensor) -> Tensor:
  return torch.to_dense(weight)

def product(x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
  return ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], None)

def added(x: Tensor, rest: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
  return ops.mkldnn._linear_pointwise(x, rest, weight, bias, "add")

def gated(x: Tensor, gate: Tensor, up: Tensor) -> Tensor:
  return ops.mkldnn._linear_pointwise(x, ops.mkldnn._linear_pointwise(x, gate, None, "swish", [], None), up, None, "mul")
