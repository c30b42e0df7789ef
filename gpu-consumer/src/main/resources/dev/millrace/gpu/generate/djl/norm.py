# Root mean square norm over the last dimension, in few passes, or in few calls where these are what costs.

class Norm:
  weight : Tensor
  eps : float
  wide : Tensor
  ends : Tensor
  twice : Tensor

  # weight: [width], or [heads, width] where each head has its own.
  def __init__(self: __torch__.norm.Norm, weight: Tensor, eps: float) -> NoneType:
    self.weight = weight
    self.wide = torch.to(weight, 6)
    self.eps = eps
    self.ends = torch.view(torch.linspace(1., -1., 2, dtype=weight.dtype, device=weight.device), [2, 1])
    self.twice = torch.stack([weight, weight])
    return None

  def apply(self: __torch__.norm.Norm, x: Tensor) -> Tensor:
    width = torch.size(x, -1)
    if __torch__.rms.fused(x):
      if torch.dim(self.weight) == 1:
        return torch.rms_norm(x, [width], self.weight, self.eps)
      return torch.mul(torch.rms_norm(x, [width], None, self.eps), self.weight)
    # Beside its own negative a row has no mean, and a layer norm is one call.
    if x.is_cuda or torch.numel(x) <= 8192:
      both = torch.mul(torch.unsqueeze(x, -2), self.ends)
      if torch.dim(self.weight) == 1:
        normed = torch.select(torch.layer_norm(both, [2, width], self.twice, None, self.eps), -2, 0)
        return normed if x.is_cuda else torch.contiguous(normed)
      both = torch.layer_norm(both, [2, width], None, None, self.eps)
      return torch.mul(torch.select(both, -2, 0), self.weight)
    # What a part takes on its way stays in the processor's cache.
    out = torch.empty(torch.size(x), dtype=x.dtype)
    for at in range(0, torch.size(x, 0), 64):
      torch.copy_(out[at:at + 64], self.precise(torch.to(x[at:at + 64], 6)))
    return out

  # The first so many heads of [tokens, heads, width]. Reading some more is quicker than laying these side by side first.
  def heads(self: __torch__.norm.Norm, x: Tensor, count: int) -> Tensor:
    if __torch__.rms.fused(x):
      return torch.mul(torch.rms_norm(x, [torch.size(x, -1)], None, self.eps)[:, :count], self.weight)
    return self.apply(x[:, :count])

  # x in float32
  def precise(self: __torch__.norm.Norm, x: Tensor) -> Tensor:
    length = torch.linalg_vector_norm(x, 2, [-1], True)
    factor = torch.rsqrt_(torch.add_(torch.div_(torch.square_(length), torch.size(x, -1)), self.eps))
    return torch.mul_(torch.mul(x, factor), self.wide)
