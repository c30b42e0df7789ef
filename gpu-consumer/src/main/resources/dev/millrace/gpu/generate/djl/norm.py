# Root mean square norm over the last dimension, in few passes.

def rms(x: Tensor, weight: Tensor, eps: float) -> Tensor:
  width = torch.size(x, -1)
  if torch.numel(x) <= 8192:
    # Beside its own negative a row has no mean, and a layer norm is one call.
    both = torch.layer_norm(torch.cat([x, -x], -1), [2 * width], None, None, eps)
    return torch.mul(torch.narrow(both, -1, 0, width), weight)
  # The factor of a row is rounded to the arithmetic's precision before it is applied.
  length = torch.linalg_vector_norm(x, 2, [-1], True, dtype=6)
  factor = torch.rsqrt_(torch.add_(torch.div_(torch.square_(length), width), eps))
  return torch.mul_(torch.mul(x, torch.type_as(factor, x)), weight)
