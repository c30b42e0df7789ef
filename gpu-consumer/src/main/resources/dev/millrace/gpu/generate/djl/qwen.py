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

  def __init__(self: __torch__.qwen.Layer, weights: __torch__.weights.Weights, index: int, numbers: Dict[str, float], sparse: bool, form: int) -> NoneType:
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

  def apply(self: __torch__.qwen.Layer, x: Tensor, cos: Tensor, sin: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
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

  def attend(self: __torch__.qwen.Layer, x: Tensor, cos: Tensor, sin: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
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


class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  weights : Optional[__torch__.weights.Weights]
  ends : Optional[__torch__.head.Ends]
  layers : List[__torch__.qwen.Layer]
  frequencies : Tensor
  numbers : Dict[str, float]
  form : int

  def __getstate__(self: __torch__.qwen.Model) -> int:
    return 0

  def __setstate__(self: __torch__.qwen.Model, state: int) -> NoneType:
    self.training = False
    self.weights = None
    self.ends = None
    self.layers = annotate(List[__torch__.qwen.Layer], [])
    self.frequencies = torch.zeros([0])
    self.numbers = annotate(Dict[str, float], {})
    self.form = 0
    return None

  def begin(self: __torch__.qwen.Model, files: List[str], sizes: List[int], places: Dict[str, List[int]], device: str, numbers: Dict[str, float]) -> int:
    self.weights = __torch__.weights.Weights(files, sizes, places, device, int(numbers["dtype"]), int(numbers["block_rows"]), int(numbers["block_columns"]))
    self.numbers = numbers
    self.form = int(numbers["form"])
    self.frequencies = torch.to(__torch__.rope.frequencies(int(numbers["head_dim"]), numbers), device)
    return 0

  def load_layer(self: __torch__.qwen.Model, index: int, sparse: bool) -> int:
    weights = self.weights
    assert weights is not None
    self.layers.append(__torch__.qwen.Layer(weights, index, self.numbers, sparse, self.form))
    return 0

  # Loads the two ends and lets go of the files. Returns the bytes of matrices that are kept as they are, how many weights
  # were quantized, and the bytes that these take.
  def finish(self: __torch__.qwen.Model) -> List[int]:
    weights = self.weights
    assert weights is not None
    self.ends = __torch__.head.Ends(weights, self.numbers, self.form)
    self.weights = None
    return [weights.plain_bytes, weights.quantized, weights.quantized_bytes]

  def step(self: __torch__.qwen.Model, counts: List[int], ints: Tensor, draw_counts: List[int], draw_ints: Tensor, draw_floats: Tensor) -> List[Tensor]:
    ends = self.ends
    assert ends is not None
    plan = __torch__.plan.Plan(counts, ints)
    x = ends.enter(plan.tokens)
    cos, sin = __torch__.rope.angles(plan.positions, self.frequencies, self.numbers["angle_scale"], x.dtype)
    for layer in self.layers:
      x = layer.apply(x, cos, sin, plan, self.numbers["attention_scale"])
    return ends.leave(x, plan, draw_counts, draw_ints, draw_floats)
