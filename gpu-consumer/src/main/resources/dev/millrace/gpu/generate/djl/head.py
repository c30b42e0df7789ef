# The two ends of every family: tokens to vectors, vectors to logits, drawn tokens and hidden states.

class Ends:
  embedding : Tensor
  norm : Tensor
  head : List[__torch__.linear.Linear]
  eps : float
  vocabulary : int
  state : Dict[str, Tensor]

  # vocabulary: the tokenizer's size; rows of the head past it are padding and are never drawn
  def __init__(self: __torch__.head.Ends, weights: __torch__.weights.Weights, numbers: Dict[str, float], form: int) -> NoneType:
    self.norm = weights.read("norm.weight")
    matrix = weights.read("lm_head.weight" if numbers["tied"] < 0.5 else "embed_tokens.weight")
    # In parts where it may be laid anew, so that no more than a part of it is ever there twice. Where that is done once and
    # for all it is packed row by row of its transpose, which is quicker for few; so are products of many rows.
    wide = "laid_from" in numbers and __torch__.packed.widens()
    movable = form == 8 or form == 1 and (wide or __torch__.packed.supported(matrix))
    movable = movable and not matrix.is_cuda and (wide or "moved_from" in numbers)
    rows = torch.size(matrix, 0)
    if movable:
      rows = 8192 if wide else 16384
    head = annotate(List[__torch__.linear.Linear], [])
    for at in range(0, torch.size(matrix, 0), rows):
      head.append(__torch__.linear.build(weights, matrix[at:at + rows], None, form))
    self.head = head
    weights.release()
    if numbers["tied"] > 0.5 and head[0].form == 0 and not movable:
      self.embedding = head[0].weight
    else:
      self.embedding = weights.read("embed_tokens.weight")
    if numbers["tied"] < 0.5:
      weights.plain_bytes += torch.numel(self.embedding) * torch.element_size(self.embedding)
    self.eps = numbers["eps"]
    self.vocabulary = int(numbers["vocabulary"])
    self.state = annotate(Dict[str, Tensor], {})
    return None

  def linears(self: __torch__.head.Ends) -> List[__torch__.linear.Linear]:
    return self.head[:]

  def enter(self: __torch__.head.Ends, tokens: Tensor) -> Tensor:
    return torch.embedding(self.embedding, tokens)

  # What the sampler drew (two tensors), the logits and the hidden states of the rows that were asked for.
  def leave(self: __torch__.head.Ends, x: Tensor, draws: Tensor, scored: Tensor, hidden: Tensor, counts: List[int], ints: Tensor, floats: Tensor) -> List[Tensor]:
    drawn = torch.zeros([0], dtype=4)
    extras = torch.zeros([0], dtype=6)
    if torch.size(draws, 0) > 0:
      logits = self.logits(x, draws)
      drawn, extras = __torch__.sampling.sample(logits[:, :self.vocabulary], self.state, counts, ints, floats)
    scores = extras[:0]
    if torch.size(scored, 0) > 0:
      scores = self.logits(x, scored)
    states = extras[:0]
    if torch.size(hidden, 0) > 0:
      states = torch.to(self.normed(x, hidden), 6)
    return [torch.cpu(drawn), torch.cpu(extras), torch.cpu(scores), torch.cpu(states)]

  def normed(self: __torch__.head.Ends, x: Tensor, rows: Tensor) -> Tensor:
    return torch.rms_norm(torch.index_select(x, 0, rows), [torch.size(x, 1)], self.norm, self.eps)

  def logits(self: __torch__.head.Ends, x: Tensor, rows: Tensor) -> Tensor:
    normed = self.normed(x, rows)
    if len(self.head) == 1:
      return torch.to(self.head[0].apply(normed), 6)
    return torch.to(torch.cat([part.apply(normed) for part in self.head], 1), 6)
