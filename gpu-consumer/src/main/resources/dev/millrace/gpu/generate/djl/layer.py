# A layer of any family: its heads attend, then a dense network or a mixture of experts follows.

class Layer:
  entry_norm : __torch__.norm.Norm
  middle_norm : __torch__.norm.Norm
  heads : __torch__.heads.Heads
  dense : Optional[__torch__.experts.Mlp]
  mixture : Optional[__torch__.experts.Experts]

  def __init__(self: __torch__.layer.Layer, weights: __torch__.weights.Weights, index: int, numbers: Dict[str, float], sparse: bool, form: int) -> NoneType:
    name = "layers.{}".format(index)
    eps = numbers["eps"]
    self.entry_norm = __torch__.norm.Norm(weights.read(name + ".input_layernorm.weight"), eps)
    self.middle_norm = __torch__.norm.Norm(weights.read(name + ".post_attention_layernorm.weight"), eps)
    self.heads = __torch__.heads.Heads(weights, name + ".self_attn", numbers, form)
    self.dense = None
    self.mixture = None
    if sparse:
      self.mixture = __torch__.experts.Experts(weights, name + ".mlp", numbers, form)
    else:
      self.dense = __torch__.experts.Mlp(weights, name + ".mlp", form)
    return None

  def linears(self: __torch__.layer.Layer) -> List[__torch__.linear.Linear]:
    linears = self.heads.linears()
    dense = self.dense
    mixture = self.mixture
    if dense is not None:
      linears.extend(dense.linears())
    elif mixture is not None:
      linears.extend(mixture.linears())
    return linears

  def apply(self: __torch__.layer.Layer, x: Tensor, cos: Tensor, sin: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
    seen = self.heads.apply(self.entry_norm.apply(x), cos, sin, plan, scale)
    x = self.heads.out.added(seen, x)
    entry = self.middle_norm.apply(x)
    dense = self.dense
    mixture = self.mixture
    if dense is not None:
      x = dense.added(entry, x)
    elif mixture is not None:
      x = x + mixture.apply(entry)
    return x
