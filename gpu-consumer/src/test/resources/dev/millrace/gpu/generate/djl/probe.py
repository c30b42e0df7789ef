# Calls the sampler by itself, with logits that Java makes up.

class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def __getstate__(self: __torch__.probe.Model) -> int:
    return 0

  def __setstate__(self: __torch__.probe.Model, unused: int) -> NoneType:
    self.training = False
    return None

  def forward(self: __torch__.probe.Model, logits: Tensor, counts: Tensor, ints: Tensor, floats: Tensor) -> Tuple[Tensor, Tensor]:
    state = annotate(Dict[str, Tensor], {})
    sizes = annotate(List[int], [])
    for i in range(torch.size(counts, 0)):
      sizes.append(int(counts[i]))
    return __torch__.sampling.sample(logits, state, sizes, ints, floats)
