# Qwen2, Qwen2.5, Qwen3, Qwen3-MoE and the DeepSeek-R1 distills of Qwen2's shape: grouped-query attention with rotary
# positions; Qwen2 has biases on q, k and v, Qwen3 norms each head's query and key.

class Heads:
  qkv : __torch__.linear.Linear
  out : __torch__.linear.Linear
  head_norm : Optional[__torch__.norm.Norm]
  pairs : Tensor
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
    # On a GPU a token's keys and values lie side by side, as they are made, and are written in one call.
    device = torch.device(weights.device)
    self.pairs = torch.zeros([int(numbers["slots"]) if weights.device != "cpu" else 0, 2 * self.shared_heads, self.dim], dtype=weights.dtype, device=device)
    if weights.device != "cpu":
      self.keys = self.pairs[:, :self.shared_heads]
      self.values = self.pairs[:, self.shared_heads:]
    else:
      shape = [int(numbers["slots"]), self.shared_heads, self.dim]
      crosswise = int(numbers["crosswise"])
      if crosswise == 2 or crosswise == 1 and __torch__.packed.widens():
        self.keys = __torch__.crosswise.room(shape[0], shape[1], shape[2], int(numbers["block_tokens"]), weights.dtype)
      else:
        self.keys = torch.zeros(shape, dtype=weights.dtype, device=device)
      self.values = torch.zeros(shape, dtype=weights.dtype, device=device)
    return None

  def linears(self: __torch__.heads.Heads) -> List[__torch__.linear.Linear]:
    return [self.qkv, self.out]

  # Whether the device has a kernel that reads contexts where they lie.
  def in_place(self: __torch__.heads.Heads) -> bool:
    return __torch__.attention.flash(self.keys)

  # Queries and keys, normed and turned to their positions, where they lie.
  def turn(self: __torch__.heads.Heads, qkv: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    qk = qkv[:, :self.heads + self.shared_heads]
    head_norm = self.head_norm
    if head_norm is not None:
      return __torch__.rope.rotate_into(qk, head_norm.heads(qkv, self.heads + self.shared_heads), cos, sin)
    return __torch__.rope.rotate_into(qk, qk, cos, sin)

  # The same beside them, on a CPU.
  def turned(self: __torch__.heads.Heads, qk: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    n = torch.size(qk, 0)
    head_norm = self.head_norm
    if n <= 64:
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
    v = qkv[:, both:]
    if qkv.is_cuda:
      qk = self.turn(qkv, cos, sin)
      plan.write(self.pairs, qkv[:, self.heads:])
    else:
      qk = self.turned(qkv[:, :both], cos, sin)
      if torch.dim(self.keys) == 4:
        __torch__.crosswise.write(self.keys, qk[:, self.heads:], plan)
      else:
        plan.write(self.keys, qk[:, self.heads:])
      plan.write(self.values, v)
    k = qk[:, self.heads:]
    return __torch__.attention.attend(qk[:, :self.heads], k, v, self.keys, self.values, plan, scale)
