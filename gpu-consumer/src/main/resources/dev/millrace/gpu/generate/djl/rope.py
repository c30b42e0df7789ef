# Rotary position embedding: the frequencies of a config, the angles of a step's positions, the rotation itself. Computed
# in float32 step by step as the published models do, so that long positions turn by the same angles.

def frequencies(dim: int, numbers: Dict[str, float]) -> Tensor:
  base = numbers["rope_theta"]
  steps = torch.to(torch.arange(0, dim, 2), 6) / dim
  turns = torch.pow(base, steps)
  plain = torch.reciprocal(turns)
  kind = int(numbers["rope_kind"])
  if kind == 1:
    return plain / numbers["rope_factor"]
  if kind == 2:
    stretched = torch.reciprocal(turns * numbers["rope_factor"])
    ramp = __torch__.rope.ramp(dim, base, numbers)
    return stretched * ramp + plain * (1 - ramp)
  return plain

# YaRN's share of interpolation by frequency: 0 where a wave turns often within the original context, 1 where rarely.
def ramp(dim: int, base: float, numbers: Dict[str, float]) -> Tensor:
  low = __torch__.rope.correction(numbers["rope_beta_fast"], dim, base, numbers["rope_original"])
  high = __torch__.rope.correction(numbers["rope_beta_slow"], dim, base, numbers["rope_original"])
  if numbers["rope_truncate"] > 0.5:
    low = float(torch.floor(low))
    high = float(torch.ceil(high))
  first = max(low, 0.)
  last = min(high, float(dim - 1))
  if first == last:
    last = last + 0.001
  steps = torch.to(torch.arange(0, dim // 2), 6)
  return torch.clamp((steps - first) / (last - first), 0, 1)

def correction(turns: float, dim: int, base: float, original: float) -> float:
  return dim * torch.log(original / (turns * 6.283185307179586)) / (2. * torch.log(base))

# Cosine and sine, [tokens, 1, dim] each: both halves side by side, the sine of the first one turned round.
def angles(positions: Tensor, frequencies: Tensor, scale: float, dtype: int) -> Tuple[Tensor, Tensor]:
  turned = torch.unsqueeze(torch.to(positions, 6), 1) * torch.unsqueeze(frequencies, 0)
  turned = torch.unsqueeze(turned, 1)
  cos = torch.cos(turned) * scale
  sin = torch.sin(turned) * scale
  return (torch.to(torch.cat([cos, cos], 2), dtype), torch.to(torch.cat([-sin, sin], 2), dtype))

# Rotates [tokens, heads, dim], whose halves are the two coordinates.
def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  return torch.addcmul_(torch.mul(x, cos), __torch__.rope.swapped(x), sin)

# The same to a place that may be where x lies.
def rotate_into(out: Tensor, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  return torch.addcmul(torch.mul(x, cos), __torch__.rope.swapped(x), sin, out=out)

# A copy with the halves changed over.
def swapped(x: Tensor) -> Tensor:
  half = torch.size(x, 2) // 2
  if x.is_cuda:
    return torch.roll(x, [half], [2])
  return torch.cat([x[:, :, half:], x[:, :, :half]], 2)

# The same for models whose coordinates alternate; queries and keys alike come out in halves.
def rotate_pairs(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  tokens, heads, dim = torch.size(x)
  halves = torch.transpose(torch.view(torch.contiguous(x), [tokens, heads, dim // 2, 2]), 2, 3)
  return __torch__.rope.rotate(torch.reshape(halves, [tokens, heads, dim]), cos, sin)
