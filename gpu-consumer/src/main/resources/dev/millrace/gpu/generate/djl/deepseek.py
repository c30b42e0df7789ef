# DeepSeek-V2 and V3: latent attention, and mixtures of experts after the first dense layers.

class Layer:
  entry_norm : __torch__.norm.Norm
  middle_norm : __torch__.norm.Norm
  attention : __torch__.latent.Latent
  dense : Optional[__torch__.experts.Mlp]
  mixture : Optional[__torch__.experts.Experts]

  def __init__(self: __torch__.deepseek.Layer, weights: __torch__.weights.Weights, index: int, numbers: Dict[str, float], sparse: bool, form: int) -> NoneType:
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

  def apply(self: __torch__.deepseek.Layer, x: Tensor, cos: Tensor, sin: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
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


class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  weights : Optional[__torch__.weights.Weights]
  ends : Optional[__torch__.head.Ends]
  layers : List[__torch__.deepseek.Layer]
  frequencies : Tensor
  numbers : Dict[str, float]
  form : int

  def __getstate__(self: __torch__.deepseek.Model) -> int:
    return 0

  def __setstate__(self: __torch__.deepseek.Model, state: int) -> NoneType:
    self.training = False
    self.weights = None
    self.ends = None
    self.layers = annotate(List[__torch__.deepseek.Layer], [])
    self.frequencies = torch.zeros([0])
    self.numbers = annotate(Dict[str, float], {})
    self.form = 0
    return None

  def begin(self: __torch__.deepseek.Model, files: List[str], sizes: List[int], places: Dict[str, List[int]], device: str, numbers: Dict[str, float]) -> int:
    self.weights = __torch__.weights.Weights(files, sizes, places, device, int(numbers["dtype"]), int(numbers["block_rows"]), int(numbers["block_columns"]))
    self.numbers = numbers
    self.form = int(numbers["form"])
    self.frequencies = torch.to(__torch__.rope.frequencies(int(numbers["rotary_dim"]), numbers), device)
    return 0

  def load_layer(self: __torch__.deepseek.Model, index: int, sparse: bool) -> int:
    weights = self.weights
    assert weights is not None
    self.layers.append(__torch__.deepseek.Layer(weights, index, self.numbers, sparse, self.form))
    return 0

  # Loads the two ends and lets go of the files. Returns the bytes of matrices that are kept as they are, how many weights
  # were quantized, and the bytes that these take.
  def finish(self: __torch__.deepseek.Model) -> List[int]:
    weights = self.weights
    assert weights is not None
    self.ends = __torch__.head.Ends(weights, self.numbers, self.form)
    self.weights = None
    return [weights.plain_bytes, weights.quantized, weights.quantized_bytes]

  def step(self: __torch__.deepseek.Model, counts: List[int], ints: Tensor, draw_counts: List[int], draw_ints: Tensor, draw_floats: Tensor) -> List[Tensor]:
    ends = self.ends
    assert ends is not None
    plan = __torch__.plan.Plan(counts, ints)
    x = ends.enter(plan.tokens)
    cos, sin = __torch__.rope.angles(plan.positions, self.frequencies, self.numbers["angle_scale"], x.dtype)
    for layer in self.layers:
      x = layer.apply(x, cos, sin, plan, self.numbers["attention_scale"])
    return ends.leave(x, plan, draw_counts, draw_ints, draw_floats)
