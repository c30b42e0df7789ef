# Multi-head latent attention. What is cached of a token is its compressed latent and one rotated key that all heads
# share. Few queries attend in the compressed space, with the up-projections moved to their own side; many queries
# multiply the context out first, which then costs less.

class Heads:
  q_down : Optional[__torch__.linear.Linear]
  q_norm : Optional[__torch__.norm.Norm]
  q_up : __torch__.linear.Linear
  kv_down : __torch__.linear.Linear
  kv_norm : __torch__.norm.Norm
  kv_up : Tensor
  out : __torch__.linear.Linear
  cache : Tensor
  heads : int
  plain_dim : int
  rotary_dim : int
  value_dim : int
  rank : int
  pairs : bool
  few : int

  def __init__(self: __torch__.heads.Heads, weights: __torch__.weights.Weights, name: str, numbers: Dict[str, float], form: int) -> NoneType:
    self.heads = int(numbers["heads"])
    self.plain_dim = int(numbers["plain_dim"])
    self.rotary_dim = int(numbers["rotary_dim"])
    self.value_dim = int(numbers["value_dim"])
    self.rank = int(numbers["rank"])
    self.pairs = numbers["rope_pairs"] > 0.5
    if weights.has(name + ".q_a_proj.weight"):
      self.q_down = __torch__.linear.load(weights, [name + ".q_a_proj"], form)
      self.q_norm = __torch__.norm.Norm(weights.read(name + ".q_a_layernorm.weight"), 1e-06)
      self.q_up = __torch__.linear.load(weights, [name + ".q_b_proj"], form)
    else:
      self.q_down = None
      self.q_norm = None
      self.q_up = __torch__.linear.load(weights, [name + ".q_proj"], form)
    self.kv_down = __torch__.linear.load(weights, [name + ".kv_a_proj_with_mqa"], form)
    self.kv_norm = __torch__.norm.Norm(weights.read(name + ".kv_a_layernorm.weight"), 1e-06)
    self.kv_up = torch.view(torch.clone(weights.read(name + ".kv_b_proj.weight")), [self.heads, self.plain_dim + self.value_dim, self.rank])
    weights.plain_bytes += torch.numel(self.kv_up) * torch.element_size(self.kv_up)
    self.out = __torch__.linear.load(weights, [name + ".o_proj"], form)
    shape = [int(numbers["slots"]), 1, self.rank + self.rotary_dim]
    self.cache = torch.zeros(shape, dtype=weights.dtype, device=torch.device(weights.device))
    expanded = self.plain_dim + self.value_dim
    self.few = min(64, self.rank * expanded // max(1, 2 * self.rank - expanded))
    return None

  def linears(self: __torch__.heads.Heads) -> List[__torch__.linear.Linear]:
    linears = [self.q_up, self.kv_down, self.out]
    q_down = self.q_down
    if q_down is not None:
      linears.append(q_down)
    return linears

  # Whether the device has a kernel that reads contexts where they lie.
  def in_place(self: __torch__.heads.Heads) -> bool:
    return False

  def rotate(self: __torch__.heads.Heads, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    if self.pairs:
      return __torch__.rope.rotate_pairs(x, cos, sin)
    return __torch__.rope.rotate(x, cos, sin)

  def queries(self: __torch__.heads.Heads, x: Tensor) -> Tensor:
    q_down = self.q_down
    q_norm = self.q_norm
    if q_down is not None and q_norm is not None:
      x = q_norm.apply(q_down.apply(x))
    return torch.view(self.q_up.apply(x), [torch.size(x, 0), self.heads, self.plain_dim + self.rotary_dim])

  def apply(self: __torch__.heads.Heads, x: Tensor, cos: Tensor, sin: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
    q = self.queries(x)
    q_rotary = self.rotate(q[:, :, self.plain_dim:], cos, sin)
    down = self.kv_down.apply(x)
    latent = self.kv_norm.apply(down[:, :self.rank])
    shared_key = torch.squeeze(self.rotate(torch.unsqueeze(down[:, self.rank:], 1), cos, sin), 1)
    fresh = torch.cat([latent, shared_key], 1)
    plan.write(self.cache, torch.unsqueeze(fresh, 1))
    outs = annotate(List[Tensor], [])
    at = 0
    if plan.singles > 0:
      at = plan.singles
      outs.append(self.each_one(q[:at, :, :self.plain_dim], q_rotary[:at], plan, scale))
    for i in range(plan.singles, plan.spans):
      n = plan.lengths[i]
      if plan.starts[i] == 0:
        context = fresh[at:at + n]
      else:
        context = torch.squeeze(plan.context(self.cache, i), 1)
      plain = q[at:at + n, :, :self.plain_dim]
      if n <= self.few:
        mask = __torch__.attention.mask(n, torch.size(context, 0), x.device)
        outs.append(self.raised(self.compressed(self.lowered(plain, q_rotary[at:at + n]), context, mask, scale)))
      else:
        outs.append(self.expanded(plain, q_rotary[at:at + n], context, plan, scale))
      at = at + n
    return torch.cat(outs, 0)

  # The sequences that decode: projections for all together, attention for each by itself.
  def each_one(self: __torch__.heads.Heads, plain: Tensor, rotary: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
    lowered = self.lowered(plain, rotary)
    seen = annotate(List[Tensor], [])
    at = 0
    for group in plan.groups:
      contexts = torch.squeeze(group.contexts(self.cache, plan.block), 2)
      seen.append(self.compressed_together(lowered[:, at:at + group.count], contexts, group, scale))
      at = at + group.count
    for beginning in plan.beginnings:
      seen.append(self.behind(lowered, at, beginning, plan, scale))
      at = at + beginning.count
    for i in range(at, plan.singles):
      seen.append(self.compressed(lowered[:, i:i + 1], torch.squeeze(plan.context(self.cache, i), 1), None, scale))
    return self.raised(torch.cat(seen, 1))

  # Queries [tokens, heads, ...] brought into the compressed space: [heads, tokens, rank + rotary].
  def lowered(self: __torch__.heads.Heads, plain: Tensor, rotary: Tensor) -> Tensor:
    keys = self.kv_up[:, :self.plain_dim]
    return torch.cat([__torch__.products.product(torch.transpose(plain, 0, 1), keys), torch.transpose(rotary, 0, 1)], 2)

  # Compressed results [heads, tokens, rank] brought back: [tokens, heads * value].
  def raised(self: __torch__.heads.Heads, seen: Tensor) -> Tensor:
    values = __torch__.products.product(seen, torch.transpose(self.kv_up[:, self.plain_dim:], 1, 2))
    return torch.reshape(torch.transpose(values, 0, 1), [-1, self.heads * self.value_dim])

  def compressed(self: __torch__.heads.Heads, q: Tensor, context: Tensor, mask: Optional[Tensor], scale: float) -> Tensor:
    return self.seen(self.scores(q, context, mask, scale), q, context)

  # Of each query [heads, tokens, width] for each token of a context: [heads, tokens, context].
  def scores(self: __torch__.heads.Heads, q: Tensor, context: Tensor, mask: Optional[Tensor], scale: float) -> Tensor:
    heads, n, width = torch.size(q)
    scores = __torch__.products.product(torch.reshape(q, [heads * n, width]), torch.t(context))
    scores = torch.view(torch.to(scores, 6) * scale, [heads, n, -1])
    if mask is not None:
      scores = torch.masked_fill(scores, torch.logical_not(mask), -inf)
    return scores

  def seen(self: __torch__.heads.Heads, scores: Tensor, like: Tensor, context: Tensor) -> Tensor:
    heads, n, total = torch.size(scores)
    shares = torch.type_as(torch.softmax(scores, 2), like)
    seen = __torch__.products.product(torch.view(shares, [heads * n, total]), context[:, :self.rank])
    return torch.view(seen, [heads, n, self.rank])

  # A part of contexts, and the logarithm of what it weighs to each query.
  def part(self: __torch__.heads.Heads, q: Tensor, context: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
    context = torch.squeeze(context, 1)
    scores = self.scores(q, context, None, scale)
    return (self.seen(scores, q, context), torch.logsumexp(scores, [2]))

  # Of sequences from `at` on whose contexts begin alike: the beginning for all of them at once, the rest by each for itself.
  def behind(self: __torch__.heads.Heads, lowered: Tensor, at: int, beginning: __torch__.plan.Beginning, plan: __torch__.plan.Plan, scale: float) -> Tensor:
    n = beginning.count
    start, start_weight = self.part(lowered[:, at:at + n], plan.beginning(self.cache, beginning), scale)
    own = annotate(List[Tensor], [])
    own_weight = annotate(List[Tensor], [])
    for i in range(at, at + n):
      seen, weight = self.part(lowered[:, i:i + 1], plan.context(self.cache, i), scale)
      own.append(seen)
      own_weight.append(weight)
    return __torch__.attention.weighed(start, start_weight, torch.cat(own, 1), torch.cat(own_weight, 1))

  # One query [heads, count, width] of each of a group's sequences over its context, [count, longest, width].
  def compressed_together(self: __torch__.heads.Heads, q: Tensor, contexts: Tensor, group: __torch__.plan.Group, scale: float) -> Tensor:
    scores = __torch__.products.product(torch.transpose(q, 0, 1), torch.transpose(contexts, 1, 2))
    mask = torch.squeeze(group.mask(torch.size(contexts, 1), q), 1)
    shares = torch.type_as(torch.softmax(torch.to(scores, 6) * scale + mask, 2), q)
    return torch.transpose(__torch__.products.product(shares, contexts[:, :, :self.rank]), 0, 1)

  def expanded(self: __torch__.heads.Heads, plain: Tensor, rotary: Tensor, context: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
    n = torch.size(plain, 0)
    total = torch.size(context, 0)
    both = __torch__.products.linear(context[:, :self.rank], torch.reshape(self.kv_up, [-1, self.rank]), None)
    both = torch.view(both, [total, self.heads, self.plain_dim + self.value_dim])
    shared = torch.expand(torch.unsqueeze(context[:, self.rank:], 1), [total, self.heads, self.rotary_dim])
    k = torch.cat([both[:, :, :self.plain_dim], shared], 2)
    q = torch.cat([plain, rotary], 2)
    v = both[:, :, self.plain_dim:]
    # One kernel takes all three, so the narrower are filled up: a zero adds nothing to a score.
    missing = self.plain_dim + self.rotary_dim - self.value_dim
    if missing > 0:
      v = torch.constant_pad_nd(v, [0, missing])
    elif missing < 0:
      k = torch.constant_pad_nd(k, [0, -missing])
      q = torch.constant_pad_nd(q, [0, -missing])
    seen = torch.view(__torch__.attention.many(q, k, v, plan, scale), [n, self.heads, -1])
    return torch.reshape(seen[:, :, :self.value_dim], [n, self.heads * self.value_dim])
