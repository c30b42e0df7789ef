# Feed-forward layers: the dense one, and the mixture of experts with its router.

# `stacked`: gate and up are one matrix, which is one call where calls are what costs.
class Mlp:
  gate : __torch__.linear.Linear
  up : __torch__.linear.Linear
  down : __torch__.linear.Linear
  stacked : bool

  def __init__(self: __torch__.experts.Mlp, weights: __torch__.weights.Weights, name: str, form: int) -> NoneType:
    self.stacked = weights.device != "cpu"
    if self.stacked:
      self.gate = __torch__.linear.load(weights, [name + ".gate_proj", name + ".up_proj"], form)
      self.up = self.gate
    else:
      self.gate = __torch__.linear.load(weights, [name + ".gate_proj"], form)
      self.up = __torch__.linear.load(weights, [name + ".up_proj"], form)
    self.down = __torch__.linear.load(weights, [name + ".down_proj"], form)
    return None

  def linears(self: __torch__.experts.Mlp) -> List[__torch__.linear.Linear]:
    if self.stacked:
      return [self.gate, self.down]
    return [self.gate, self.up, self.down]

  def apply(self: __torch__.experts.Mlp, x: Tensor) -> Tensor:
    return self.down.apply(self.gated(x))

  # rest + apply(x); what rest was may be gone.
  def added(self: __torch__.experts.Mlp, x: Tensor, rest: Tensor) -> Tensor:
    return self.down.added(self.gated(x), rest)

  def gated(self: __torch__.experts.Mlp, x: Tensor) -> Tensor:
    if self.stacked:
      both = self.gate.apply(x)
      half = torch.size(both, 1) // 2
      return torch.silu(both[:, :half]) * both[:, half:]
    if self.gate.form == 1 and self.up.form == 1:
      return __torch__.packed.gated(x, self.gate.weight, self.up.weight)
    gate, up = self.gate.halves, self.up.halves
    if gate is not None and up is not None:
      return torch.type_as(torch.mul_(torch.silu_(gate.product(x)), up.product(x)), x)
    return torch.silu(self.gate.apply(x)) * self.up.apply(x)


class Experts:
  router : Tensor
  correction : Optional[Tensor]
  each : List[__torch__.experts.Mlp]
  shared : Optional[__torch__.experts.Mlp]
  chosen : int
  groups : int
  kept_groups : int
  sigmoid : bool
  grouping : int
  normalise : bool
  factor : float

  def __init__(self: __torch__.experts.Experts, weights: __torch__.weights.Weights, name: str, numbers: Dict[str, float], form: int) -> NoneType:
    self.router = weights.read_float(name + ".gate.weight")
    correction = weights.read_float_or_none(name + ".gate.e_score_correction_bias")
    self.correction = correction
    each = annotate(List[__torch__.experts.Mlp], [])
    for i in range(int(numbers["experts"])):
      each.append(__torch__.experts.Mlp(weights, "{}.experts.{}".format(name, i), form))
    self.each = each
    if weights.has(name + ".shared_experts.down_proj.weight"):
      self.shared = __torch__.experts.Mlp(weights, name + ".shared_experts", form)
    else:
      self.shared = None
    self.chosen = int(numbers["chosen_experts"])
    self.groups = int(numbers["expert_groups"])
    self.kept_groups = int(numbers["kept_groups"])
    self.sigmoid = numbers["sigmoid_scores"] > 0.5
    self.grouping = int(numbers["grouping"])
    self.normalise = numbers["normalise_chosen"] > 0.5
    self.factor = numbers["routed_factor"]
    return None

  def linears(self: __torch__.experts.Experts) -> List[__torch__.linear.Linear]:
    linears = annotate(List[__torch__.linear.Linear], [])
    for mlp in self.each:
      linears.extend(mlp.linears())
    shared = self.shared
    if shared is not None:
      linears.extend(shared.linears())
    return linears

  # Which experts each token goes to, and how much each of them counts.
  def route(self: __torch__.experts.Experts, x: Tensor) -> Tuple[Tensor, Tensor]:
    logits = torch.linear(torch.to(x, 6), self.router, None)
    if self.sigmoid:
      scores = torch.sigmoid(logits)
    else:
      scores = torch.softmax(logits, 1)
    ranked = scores
    correction = self.correction
    if correction is not None:
      ranked = scores + correction
    if self.grouping > 0:
      ranked = self.within_best_groups(ranked)
    _, picked = torch.topk(ranked, self.chosen, 1)
    shares = torch.gather(scores, 1, picked)
    if self.normalise:
      shares = shares / (torch.sum(shares, [1], True) + 1e-20)
    return (picked, shares * self.factor)

  # Scores outside the best groups are out, even below those that a correction made negative. A group ranks by its best
  # expert (1) or by the sum of its best two (2).
  def within_best_groups(self: __torch__.experts.Experts, ranked: Tensor) -> Tensor:
    n = torch.size(ranked, 0)
    grouped = torch.view(ranked, [n, self.groups, -1])
    best = torch.sum((torch.topk(grouped, self.grouping, 2))[0], [2])
    _, kept = torch.topk(best, self.kept_groups, 1)
    open = torch.scatter(torch.zeros_like(best), 1, kept, 1.)
    closed = torch.unsqueeze(open, 2) == 0
    return torch.view(torch.masked_fill(grouped, closed, -inf), [n, -1])

  # Tokens are sorted by expert, so that each expert multiplies its own in one product.
  def apply(self: __torch__.experts.Experts, x: Tensor) -> Tensor:
    picked, shares = self.route(x)
    flat = torch.reshape(picked, [-1])
    order = torch.argsort(flat, stable=True)
    source = order // self.chosen
    counts = annotate(List[int], torch.bincount(flat, None, len(self.each)).tolist())
    gathered = torch.index_select(x, 0, source)
    parts = annotate(List[Tensor], [])
    at = 0
    for i in range(len(counts)):
      n = counts[i]
      if n > 0:
        parts.append(self.each[i].apply(gathered[at:at + n]))
        at = at + n
    weighed = torch.cat(parts, 0) * torch.unsqueeze(torch.index_select(torch.reshape(shares, [-1]), 0, order), 1)
    out = torch.zeros(torch.size(x), dtype=6, device=x.device)
    out = torch.type_as(torch.index_add(out, 0, source, weighed), x)
    shared = self.shared
    if shared is not None:
      out = out + shared.apply(x)
    return out
