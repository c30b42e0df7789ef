# Qwen2, Qwen2.5, Qwen3, Qwen3-MoE and the DeepSeek-R1 distills of Qwen2's shape: grouped-query attention with rotary
# positions; Qwen2 has biases on q, k and v, Qwen3 norms each head's query and key.

class Heads:
  qkv : __torch__.linear.Linear
  out : __torch__.linear.Linear
  head_norm : Optional[__torch__.norm.Norm]
  keys : Tensor
  values : Tensor
  heads : int
  shared_heads : int
  dim : int

  def __init__(self: __torch__.heads.Heads, weights: __torch__.weights.Weights, name: str, numbers: Dict[str, float], form: int) -> NoneType:
    self.heads = int(numbers["heads"])
    self.shared_heads = int(numbers["kv_heads"])
    self.dim = int(numbers["head_dim"])
    self.qkv = __torch__.linear.load(weights, [name + ".q_proj", name + ".k_proj", name + ".v_proj"], form)
    self.out = __torch__.linear.load(weights, [name + ".o_proj"], form)
    if weights.has(name + ".q_norm.weight"):
      q = torch.expand(weights.read(name + ".q_norm.weight"), [self.heads, self.dim])
      k = torch.expand(weights.read(name + ".k_norm.weight"), [self.shared_heads, self.dim])
      self.head_norm = __torch__.norm.Norm(torch.cat([q, k], 0), numbers["eps"])
    else:
      self.head_norm = None
    shape = [int(numbers["slots"]), self.shared_heads, self.dim]
    self.keys = torch.zeros(shape, dtype=weights.dtype, device=torch.device(weights.device))
    self.values = torch.zeros(shape, dtype=weights.dtype, device=torch.device(weights.device))
    return None

  def linears(self: __torch__.heads.Heads) -> List[__torch__.linear.Linear]:
    return [self.qkv, self.out]

  # Whether the device has a kernel that reads contexts where they lie.
  def in_place(self: __torch__.heads.Heads) -> bool:
    return __torch__.attention.flash(self.keys)

  # Queries and keys, normed and turned to their positions.
  def turned(self: __torch__.heads.Heads, qk: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    n = torch.size(qk, 0)
    head_norm = self.head_norm
    if qk.is_cuda or n <= 64:
      if head_norm is not None:
        qk = head_norm.apply(qk)
      return __torch__.rope.rotate(qk, cos, sin)
    # Part by part: what a part takes on its way stays in the processor's cache, in float32 too.
    out = torch.empty(torch.size(qk), dtype=qk.dtype)
    cos, sin = torch.to(cos, 6), torch.to(sin, 6)
    for at in range(0, n, 64):
      part = torch.to(qk[at:at + 64], 6)
      if head_norm is not None:
        part = head_norm.precise(part)
      torch.copy_(out[at:at + 64], __torch__.rope.rotate(part, cos[at:at + 64], sin[at:at + 64]))
    return out

  def apply(self: __torch__.heads.Heads, x: Tensor, cos: Tensor, sin: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
    n = torch.size(x, 0)
    both = self.heads + self.shared_heads
    qkv = torch.view(self.qkv.apply(x), [n, both + self.shared_heads, self.dim])
    qk = self.turned(qkv[:, :both], cos, sin)
    k = qk[:, self.heads:]
    v = qkv[:, both:]
    plan.write(self.keys, k)
    plan.write(self.values, v)
    return __torch__.attention.attend(qk[:, :self.heads], k, v, self.keys, self.values, plan, scale)
