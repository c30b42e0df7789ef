# Attention over a paged cache. Each sequence attends by itself, over a view of the cache where its blocks lie together;
# where keys lie crosswise, all that decode do so in bags. Where calls are what costs, those that decode attend in one call
# if their blocks lie together and the device has a kernel for that, else in groups, over copies of their contexts. What the
# contexts of several begin with is read once for all of them: what they see of it and what they see of the rest is then
# weighed.

# q [tokens, heads, dim]; k and v [tokens, shared heads, dim] are this step's own, already written to the caches.
def attend(q: Tensor, k: Tensor, v: Tensor, keys: Tensor, values: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
  outs = annotate(List[Tensor], [])
  at = plan.placed
  if at > 0:
    outs.append(__torch__.attention.placed(q[:at], keys, values, plan, scale))
  crosswise = torch.dim(keys) == 4
  if crosswise and plan.singles > 0:
    at = plan.singles
    outs.append(__torch__.crosswise.attend(q[:at], keys, values, plan, scale))
  for group in plan.groups:
    outs.append(__torch__.attention.together(q[at:at + group.count], group, keys, values, plan.block, scale))
    at = at + group.count
  if not crosswise:
    for beginning in plan.beginnings:
      outs.append(__torch__.attention.behind(q, at, beginning, keys, values, plan, scale))
      at = at + beginning.count
  for i in range(at, plan.spans):
    n = plan.lengths[i]
    if n == 1:
      outs.append(__torch__.attention.one(q[at], plan.context(keys, i), plan.context(values, i), scale))
    elif plan.starts[i] == 0:
      outs.append(__torch__.attention.whole(q[at:at + n], k[at:at + n], v[at:at + n], plan, scale))
    else:
      if crosswise:
        context = __torch__.crosswise.plain(keys, plan, plan.runs[i], plan.offsets[i], plan.starts[i] + n, q.dtype)
      else:
        context = plan.context(keys, i)
      outs.append(__torch__.attention.many(q[at:at + n], context, plan.context(values, i), plan, scale))
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
  return torch.reshape(__torch__.attention.fused(rows, k4, v4, None, False, scale), [1, heads * dim])

# What is seen of two parts of contexts, each with the logarithm of what it weighs.
def weighed(one: Tensor, one_weight: Tensor, other: Tensor, other_weight: Tensor) -> Tensor:
  share = torch.type_as(torch.sigmoid(one_weight - other_weight), one)
  return torch.lerp(other, one, torch.unsqueeze(share, -1))

# One query token of each of several sequences from `at` on whose contexts begin alike, on a CPU: the beginning is read once
# for all of them, the rest by each for itself.
def behind(q: Tensor, at: int, beginning: __torch__.plan.Beginning, keys: Tensor, values: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
  n = beginning.count
  heads, dim = torch.size(q, 1), torch.size(q, 2)
  shared = torch.size(keys, 1)
  start, start_weight = __torch__.attention.begun(q[at:at + n], plan.beginning(keys, beginning), plan.beginning(values, beginning), scale)
  rows = torch.view(q[at:at + n], [n, shared, heads // shared, dim])
  own = annotate(List[Tensor], [])
  own_weight = annotate(List[Tensor], [])
  for i in range(n):
    seen, weight = __torch__.attention.part(rows[i], plan.context(keys, at + i), plan.context(values, at + i), scale)
    own.append(seen)
    own_weight.append(weight)
  out = __torch__.attention.weighed(start, start_weight, torch.stack(own), torch.stack(own_weight))
  return torch.reshape(out, [n, heads * dim])

# Queries [sequences, heads, dim] over what all of their contexts begin with: [sequences, shared heads, queries of one, dim],
# and the logarithm of what it weighs to each.
def begun(q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
  n, heads, dim = torch.size(q)
  shared = torch.size(k, 1)
  among = torch.transpose(torch.view(q, [n, shared, heads // shared, dim]), 0, 1)
  among = torch.reshape(among, [shared, n * (heads // shared), dim])
  start, weight = __torch__.attention.part(among, k, v, scale)
  start = torch.transpose(torch.view(start, [shared, n, -1, dim]), 0, 1)
  return (start, torch.transpose(torch.view(weight, [shared, n, -1]), 0, 1))

# Rows [shared heads, rows, dim] over a part of their contexts, and the logarithm of what it weighs to each.
def part(rows: Tensor, k: Tensor, v: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
  q4 = torch.unsqueeze(rows, 1)
  k4 = torch.unsqueeze(torch.transpose(k, 0, 1), 1)
  v4 = torch.unsqueeze(torch.transpose(v, 0, 1), 1)
  out, weight = torch._scaled_dot_product_flash_attention_for_cpu(q4, k4, v4, 0., False, scale=scale)
  return (torch.squeeze(out, 1), torch.squeeze(weight, 1))

# One query token of each of several sequences over what lies in the caches.
def placed(q: Tensor, keys: Tensor, values: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
  n, heads, dim = torch.size(q)
  own, own_weight = __torch__.attention.measured(q, keys, values, plan.measures, 1, plan.longest, scale)
  if plan.queries > 0:
    begun = plan.begun
    start, start_weight = __torch__.attention.measured(q, keys, values, begun, plan.queries, plan.longest_beginning, scale)
    start_weight = torch.where(begun[3], start_weight, -inf)
    own = __torch__.attention.weighed(start, torch.t(start_weight), own, torch.t(own_weight))
  return torch.reshape(own, [n, heads * dim])

# Queries of several sequences, each over its own part of k and v, none longer than `longest`, and the logarithms of what
# these weigh, [heads, queries]: `measures` tells which are whose, with at most `queries` to a part.
def measured(q: Tensor, k: Tensor, v: Tensor, measures: List[Tensor], queries: int, longest: int, scale: float) -> Tuple[Tensor, Tensor]:
  out, weight, _, _, _ = torch._flash_attention_forward(q, k, v, measures[0], measures[1], queries, longest, 0., False, False, scale=scale, seqused_k=measures[2])
  return (out, weight)

# One query token of each of a group's sequences, over their contexts side by side. Where these are long, by the kernel that
# shares one among many processors.
def together(q: Tensor, group: __torch__.plan.Group, keys: Tensor, values: Tensor, block: int, scale: float) -> Tensor:
  n, heads, dim = torch.size(q)
  k = group.contexts(keys, block)
  v = group.contexts(values, block)
  width, shared = torch.size(k, 1), torch.size(k, 2)
  if width >= 512 and __torch__.attention.flash(q):
    k = torch.view(k, [n * width, shared, dim])
    v = torch.view(v, [n * width, shared, dim])
    out, _ = __torch__.attention.measured(q, k, v, group.measured(width), 1, width, scale)
    return torch.reshape(out, [n, heads * dim])
  k = torch.transpose(k, 1, 2)
  v = torch.transpose(v, 1, 2)
  rows = torch.view(q, [n, shared, heads // shared, dim])
  mask = torch.expand(group.mask(width, q), [n, shared, heads // shared, width])
  return torch.reshape(__torch__.attention.fused(rows, k, v, mask, False, scale), [n, heads * dim])

# A whole prompt [tokens, heads, dim], each token over those before it. The GPU's kernel knows that shape without a mask.
def whole(q: Tensor, k: Tensor, v: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
  if not __torch__.attention.flash(q):
    return __torch__.attention.many(q, k, v, plan, scale)
  n, heads, dim = torch.size(q)
  q4 = torch.unsqueeze(torch.transpose(q, 0, 1), 0)
  k4 = torch.unsqueeze(torch.transpose(k, 0, 1), 0)
  v4 = torch.unsqueeze(torch.transpose(v, 0, 1), 0)
  out = __torch__.attention.fused(q4, k4, v4, None, True, scale)
  return torch.reshape(torch.transpose(torch.squeeze(out, 0), 0, 1), [n, heads * dim])

# The last n tokens of a context [context, shared heads, dim], each over what lies before it. In parts of a size that the
# fused attention is quick with; the heads that share keys are rows side by side, and a part reads no further than it sees.
def many(q: Tensor, k: Tensor, v: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
  n, heads, dim = torch.size(q)
  context, shared, _ = torch.size(k)
  group = heads // shared
  size = max((4096 if q.is_cuda else 256) // group, 16)
  mask = plan.mask(min(size, plan.most), group, q)
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
    if q.is_cuda:
      open = torch.expand(__torch__.attention.aligned(open), [1, shared, m * group, seen])
    out = __torch__.attention.fused(rows, keys[:, :, :seen], values[:, :, :seen], open, False, scale)
    outs.append(torch.reshape(torch.transpose(torch.view(out, [shared, m, group, dim]), 0, 1), [m, heads * dim]))
  if len(outs) == 1:
    return outs[0]
  return torch.cat(outs, 0)

# Whether the GPU's kernel for prompts and for single tokens takes such queries.
def flash(q: Tensor) -> bool:
  return q.is_cuda and q.dtype == 15 and torch.size(q, -1) % 8 == 0 and torch.size(q, -1) <= 256

# Attention in one call. On a GPU the kernel is named: left to itself PyTorch may take one that is compiled anew for each
# length of context. A mask there has a row for each query and begins where the kernel can read it.
def fused(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool, scale: float) -> Tensor:
  if mask is None and __torch__.attention.flash(q):
    out, _, _, _, _, _, _, _, _ = torch._scaled_dot_product_flash_attention(q, k, v, 0., causal, False, scale=scale)
    return out
  if q.is_cuda and torch.size(q, -1) % 8 == 0 and (mask is None or torch.size(k, 2) % 8 == 0 or torch.size(q, 0) == 1):
    seen, _, _, _ = torch._scaled_dot_product_efficient_attention(q, k, v, mask, False, 0., causal, scale=scale)
    return seen
  return torch.scaled_dot_product_attention(q, k, v, mask, 0., causal, scale=scale)

# A mask in memory of its own, whose rows begin at multiples of eight.
def aligned(mask: Tensor) -> Tensor:
  width = torch.size(mask, 1)
  return torch.constant_pad_nd(mask, [0, (8 - width % 8) % 8])[:, :width]

# True where the last n tokens of a context may look.
def mask(n: int, context: int, device: Device) -> Tensor:
  rows = torch.unsqueeze(torch.arange(context - n, context, device=device), 1)
  return torch.unsqueeze(torch.arange(context, device=device), 0) <= rows
