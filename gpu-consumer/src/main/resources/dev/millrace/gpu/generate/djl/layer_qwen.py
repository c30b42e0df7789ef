# Qwen2, Qwen2.5, Qwen3, Qwen3-MoE and the DeepSeek-R1 distills of Qwen2's shape: grouped-query attention with rotary
# positions; Qwen2 has biases on q, k and v, Qwen3 norms each head's query and key.

class Layer:
  entry_norm : __torch__.norm.Norm
  middle_norm : __torch__.norm.Norm
  qkv : __torch__.linear.Linear
  out : __torch__.linear.Linear
  head_norm : Optional[__torch__.norm.Norm]
  dense : Optional[__torch__.experts.Mlp]
  mixture : Optional[__torch__.experts.Experts]
  keys : Tensor
  values : Tensor
  heads : int
  shared_heads : int
  dim : int

  def __init__(self: __torch__.layer.Layer, weights: __torch__.weights.Weights, index: int, numbers: Dict[str, float], sparse: bool, form: int) -> NoneType:
    name = "layers.{}".format(index)
    attention = name + ".self_attn"
    self.heads = int(numbers["heads"])
    self.shared_heads = int(numbers["kv_heads"])
    self.dim = int(numbers["head_dim"])
    eps = numbers["eps"]
    self.entry_norm = __torch__.norm.Norm(weights.read(name + ".input_layernorm.weight"), eps)
    self.middle_norm = __torch__.norm.Norm(weights.read(name + ".post_attention_layernorm.weight"), eps)
    self.qkv = __torch__.linear.load(weights, [attention + ".q_proj", attention + ".k_proj", attention + ".v_proj"], form)
    self.out = __torch__.linear.load(weights, [attention + ".o_proj"], form)
    if weights.has(attention + ".q_norm.weight"):
      q = torch.expand(weights.read(attention + ".q_norm.weight"), [self.heads, self.dim])
      k = torch.expand(weights.read(attention + ".k_norm.weight"), [self.shared_heads, self.dim])
      self.head_norm = __torch__.norm.Norm(torch.cat([q, k], 0), eps)
    else:
      self.head_norm = None
    self.dense = None
    self.mixture = None
    if sparse:
      self.mixture = __torch__.experts.Experts(weights, name + ".mlp", numbers, form)
    else:
      self.dense = __torch__.experts.Mlp(weights, name + ".mlp", form)
    shape = [int(numbers["slots"]), self.shared_heads, self.dim]
    self.keys = torch.zeros(shape, dtype=weights.dtype, device=torch.device(weights.device))
    self.values = torch.zeros(shape, dtype=weights.dtype, device=torch.device(weights.device))
    return None

  def apply(self: __torch__.layer.Layer, x: Tensor, cos: Tensor, sin: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
    seen = self.attend(self.entry_norm.apply(x), cos, sin, plan, scale)
    x = self.out.added(seen, x)
    entry = self.middle_norm.apply(x)
    dense = self.dense
    mixture = self.mixture
    if dense is not None:
      x = dense.added(entry, x)
    elif mixture is not None:
      x = x + mixture.apply(entry)
    return x

  def attend(self: __torch__.layer.Layer, x: Tensor, cos: Tensor, sin: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
    n = torch.size(x, 0)
    both = self.heads + self.shared_heads
    qkv = torch.view(self.qkv.apply(x), [n, both + self.shared_heads, self.dim])
    qk = qkv[:, :both]
    head_norm = self.head_norm
    if head_norm is not None:
      qk = head_norm.apply(qk)
    qk = __torch__.rope.rotate(qk, cos, sin)
    k = qk[:, self.heads:]
    v = qkv[:, both:]
    plan.write(self.keys, k)
    plan.write(self.values, v)
    return __torch__.attention.attend(qk[:, :self.heads], k, v, self.keys, self.values, plan, scale)
