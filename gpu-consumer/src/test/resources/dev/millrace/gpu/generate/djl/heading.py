# The two ends of a model by themselves, with numbers that are made here.

class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def __getstate__(self: __torch__.heading.Model) -> int:
    return 0

  def __setstate__(self: __torch__.heading.Model, unused: int) -> NoneType:
    self.training = False
    return None

  # Of how many tokens the vector and the logit are those of the matrix that both ends share, asked to be packed where
  # matrices may be laid anew.
  def alike(self: __torch__.heading.Model, tokens: int) -> int:
    width = 8
    places = annotate(Dict[str, List[int]], {})
    places["norm.weight"] = [0, 15, 2, 0, 2 * width, width]
    places["embed_tokens.weight"] = [0, 15, 2, 2 * width, 2 * width * (tokens + 1), tokens, width]
    weights = __torch__.weights.Weights(annotate(List[str], []), annotate(List[int], []), places, "cpu", 15, 0, 0)
    numbers = torch.to(torch.cat([torch.ones([width]), torch.randn([tokens * width])]), 15)
    weights.maps["0 15"] = numbers
    ends = __torch__.head.Ends(weights, {"tied": 1., "eps": 0.000001, "vocabulary": float(tokens), "moved_from": 0.}, 1)
    matrix = torch.view(numbers[width:], [tokens, width])
    vectors = ends.enter(torch.arange(tokens))
    x = torch.to(torch.ones([1, width]), 15)
    logits = ends.logits(x, torch.arange(1))
    expected = torch.sum(torch.to(matrix, 6), [1])
    near = torch.abs(logits[0] - expected) < 0.1
    same = torch.logical_and(torch.all(vectors == matrix, 1), near)
    return int(torch.sum(torch.to(same, 4)))
