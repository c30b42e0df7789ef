# DeepSeek-V2 and V3: latent attention, and mixtures of experts after the first dense layers.

class Layer:
  entry_norm : __torch__.norm.Norm
  middle_norm : __torch__.norm.Norm
  attention : __torch__.latent.Latent
  dense : Optional[__torch__.experts.Mlp]
  mixture : Optional[__torch__.experts.Experts]

  def __init__(self: __torch__.layer.Layer, weights: __torch__.weights.Weights, index: int, numbers: Dict[str, float], sparse: bool, form: int) -> NoneType:
    name = "layers.{}".format(index)
    eps = numbers["eps"]
    self.entry_norm = __torch__.norm.Norm(weights.read(name + ".input_layernorm.weight"), eps)
    self.middle_norm = __torch__.norm.Norm(weights.read(name + ".post_attention_layernorm.weight"), eps)
    self.attention = __torch__.latent.Latent(weights, name + ".self_attn", numbers, form)
    self.dense = None
    self.mixture = None
    if sparse:
      self.mixture = __torch__.experts.Experts(weights, name + ".mlp", numbers, form)
    else:
      self.dense = __torch__.experts.Mlp(weights, name + ".mlp", form)
    return None

  def apply(self: __torch__.layer.Layer, x: Tensor, cos: Tensor, sin: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
    seen = self.attention.apply(self.entry_norm.apply(x), cos, sin, plan, scale)
    x = self.attention.out.added(seen, x)
    entry = self.middle_norm.apply(x)
    dense = self.dense
    mixture = self.mixture
    if dense is not None:
      x = dense.added(entry, x)
    elif mixture is not None:
      x = x + mixture.apply(entry)
    return x
