# Attention over a paged cache. Each sequence attends by itself, over a view of the cache where its blocks lie together.

# q [tokens, heads, dim]; k and v [tokens, shared heads, dim] are this step's own, already written to the caches.
def attend(q: Tensor, k: Tensor, v: Tensor, keys: Tensor, values: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
  outs = annotate(List[Tensor], [])
  at = 0
  for i in range(plan.spans):
    n = plan.lengths[i]
    if n == 1:
      outs.append(__torch__.attention.one(q[at], plan.context(keys, i), plan.context(values, i), scale))
    elif plan.starts[i] == 0:
      outs.append(__torch__.attention.many(q[at:at + n], k[at:at + n], v[at:at + n], plan, scale))
    else:
      outs.append(__torch__.attention.many(q[at:at + n], plan.context(keys, i), plan.context(values, i), plan, scale))
    at = at + n
  if len(outs) == 1:
    return outs[0]
  return torch.cat(outs, 0)

# One query token over its whole context: the heads that share keys are the rows of one product, and nothing is masked.
def one(q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
  heads, dim = torch.size(q)
  shared = torch.size(k, 1)
  rows = torch.view(q, [shared, 1, heads // shared, dim])
  k4 = torch.unsqueeze(torch.transpose(k, 0, 1), 1)
  v4 = torch.unsqueeze(torch.transpose(v, 0, 1), 1)
  out = torch.scaled_dot_product_attention(rows, k4, v4, None, 0., False, scale=scale)
  return torch.reshape(out, [1, heads * dim])

# The last n tokens of a context [context, shared heads, dim], each over what lies before it. In parts of a size that the
# fused attention is quick with; the heads that share keys are rows side by side, and a part reads no further than it sees.
def many(q: Tensor, k: Tensor, v: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
  n, heads, dim = torch.size(q)
  context, shared, _ = torch.size(k)
  group = heads // shared
  size = max(256 // group, 16)
  mask = plan.mask(size, group, q)
  keys = torch.unsqueeze(torch.transpose(k, 0, 1), 0)
  values = torch.unsqueeze(torch.transpose(v, 0, 1), 0)
  outs = annotate(List[Tensor], [])
  for i in range((n + size - 1) // size):
    at = i * size
    m = min(size, n - at)
    seen = context - n + at + m
    rows = torch.transpose(torch.view(q[at:at + m], [m, shared, group, dim]), 0, 1)
    rows = torch.reshape(rows, [1, shared, m * group, dim])
    open = mask[torch.size(mask, 0) - m * group:, torch.size(mask, 1) - seen:]
    out = torch.scaled_dot_product_attention(rows, keys[:, :, :seen], values[:, :, :seen], open, 0., False, scale=scale)
    outs.append(torch.reshape(torch.transpose(torch.view(out, [shared, m, group, dim]), 0, 1), [m, heads * dim]))
  if len(outs) == 1:
    return outs[0]
  return torch.cat(outs, 0)

# True where the last n tokens of a context may look.
def mask(n: int, context: int, device: Device) -> Tensor:
  rows = torch.unsqueeze(torch.arange(context - n, context, device=device), 1)
  return torch.unsqueeze(torch.arange(context, device=device), 0) <= rows
