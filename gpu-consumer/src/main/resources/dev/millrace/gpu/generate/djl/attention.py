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
      outs.append(__torch__.attention.many(q[at:at + n], k[at:at + n], v[at:at + n], scale))
    else:
      outs.append(__torch__.attention.many(q[at:at + n], plan.context(keys, i), plan.context(values, i), scale))
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

# The last n tokens of a context, each over what lies before it. Shared keys are repeated by stride, not by copy.
def many(q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
  n, heads, dim = torch.size(q)
  context, shared, _ = torch.size(k)
  group = heads // shared
  rows = torch.permute(torch.view(q, [n, shared, group, dim]), [1, 2, 0, 3])
  k4 = torch.expand(torch.unsqueeze(torch.transpose(k, 0, 1), 1), [shared, group, context, dim])
  v4 = torch.expand(torch.unsqueeze(torch.transpose(v, 0, 1), 1), [shared, group, context, torch.size(v, 2)])
  if n == context:
    out = torch.scaled_dot_product_attention(rows, k4, v4, None, 0., True, scale=scale)
  else:
    mask = __torch__.attention.mask(n, context, q.device)
    out = torch.scaled_dot_product_attention(rows, k4, v4, mask, 0., False, scale=scale)
  return torch.reshape(torch.permute(out, [2, 0, 1, 3]), [n, heads * dim])

# True where the last n tokens of a context may look.
def mask(n: int, context: int, device: Device) -> Tensor:
  rows = torch.unsqueeze(torch.arange(context - n, context, device=device), 1)
  return torch.unsqueeze(torch.arange(context, device=device), 0) <= rows
