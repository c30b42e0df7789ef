# Attention of sequences that decode on processors that know no bfloat16, where the fused one spends most of its time on
# making numbers wide. Keys lie crosswise, [blocks, heads, width, tokens of a block], in float16 where the model is in
# bfloat16: a query's scores of a block are then the sum of that many rows, weighed with the query, as what it sees is the
# sum of its context's values, weighed with the shares. Both are sums of a bag of embeddings, whose kernel makes numbers
# wide in its registers, reads ahead, and needs no context to lie together.

# What that kernel is told of a step's contexts, made once for all layers: which rows of the keys are summed, block by
# block for each head of each sequence, and with which query; which rows of the values for each head.
class Reads:
  lengths : List[int]
  sums : List[int]
  queries : Tensor
  keys : Tensor
  key_starts : Tensor
  values : Tensor
  value_starts : Tensor

  # tables: the blocks of each context, int32.
  def __init__(self: __torch__.crosswise.Reads, lengths: List[int], tables: List[Tensor], block: int, heads: int, shared: int, width: int) -> NoneType:
    self.lengths = lengths
    self.sums = annotate(List[int], [])
    queries = annotate(List[Tensor], [])
    keys = annotate(List[Tensor], [])
    values = annotate(List[Tensor], [])
    value_starts = annotate(List[Tensor], [])
    whose = torch.view(torch.arange(heads, dtype=3) // (heads // shared), [heads, 1])
    inputs = torch.unsqueeze(whose * width + torch.unsqueeze(torch.arange(width, dtype=3), 0), 1)
    inside = torch.unsqueeze(torch.arange(0, block * shared, shared, dtype=3), 0)
    first = 0
    for i in range(len(lengths)):
      table = torch.unsqueeze(tables[i], 1)
      blocks = torch.size(table, 0)
      self.sums.append(heads * blocks)
      queries.append(torch.repeat_interleave(torch.arange(i * heads, (i + 1) * heads), blocks))
      keys.append(torch.view(torch.add(torch.unsqueeze(table * (shared * width), 0), inputs), [-1]))
      tokens = torch.view(torch.add(table * (block * shared), inside), [-1])[:lengths[i]]
      values.append(torch.view(torch.add(torch.unsqueeze(tokens, 0), whose), [-1]))
      value_starts.append(torch.arange(first, first + heads * lengths[i], lengths[i], dtype=3))
      first = first + heads * lengths[i]
    self.queries = torch.cat(queries)
    self.keys = torch.cat(keys)
    self.key_starts = torch.arange(0, torch.numel(self.keys), width, dtype=3)
    self.values = torch.cat(values)
    self.value_starts = torch.cat(value_starts)
    return None


# Room for the keys of so many slots.
def room(slots: int, shared: int, width: int, block: int, dtype: int) -> Tensor:
  return torch.zeros([slots // block, shared, width, block], dtype=5 if dtype == 15 else dtype)

# Keeps keys, [tokens, heads, width].
def write(keys: Tensor, k: Tensor, plan: __torch__.plan.Plan) -> NoneType:
  blocks, inside = plan.places()
  torch.index_put_(keys, annotate(List[Optional[Tensor]], [blocks, None, None, inside]), torch.to(k, keys.dtype))
  return None

# So many tokens of a sequence as they were written.
def plain(keys: Tensor, plan: __torch__.plan.Plan, run: int, offset: int, length: int, dtype: int) -> Tensor:
  block = torch.size(keys, 3)
  count = (length + block - 1) // block
  if run >= 0:
    blocks = torch.narrow(keys, 0, run // block, count)
  else:
    blocks = torch.index_select(keys, 0, plan.table(offset, length))
  out = torch.empty([count, block, torch.size(keys, 1), torch.size(keys, 2)], dtype=dtype)
  torch.copy_(out, torch.permute(blocks, [0, 3, 1, 2]))
  return torch.view(out, [-1, torch.size(keys, 1), torch.size(keys, 2)])[:length]

# A table's rows, summed in bags.
def summed(table: Tensor, rows: Tensor, starts: Tensor, weights: Tensor) -> Tensor:
  out, _, _, _ = torch.embedding_bag(table, rows, starts, False, 0, False, weights)
  return out

# The queries [sequences, heads, width] of those that decode, which come first in a step. Returns [sequences, heads * width].
def attend(q: Tensor, keys: Tensor, values: Tensor, plan: __torch__.plan.Plan, scale: float) -> Tensor:
  n, heads, width = torch.size(q)
  shared = torch.size(keys, 1)
  reads = plan.reads(heads, shared, width)
  weights = torch.index_select(torch.reshape(torch.mul(torch.to(q, keys.dtype), scale), [n * heads, width]), 0, reads.queries)
  scores = __torch__.crosswise.summed(torch.view(keys, [-1, torch.size(keys, 3)]), reads.keys, reads.key_starts, torch.view(weights, [-1]))
  shares = annotate(List[Tensor], [])
  weighing = annotate(List[Tensor], [])
  at = 0
  for i in range(n):
    own = torch.view(scores[at:at + reads.sums[i]], [heads, -1])[:, :reads.lengths[i]]
    at = at + reads.sums[i]
    shares.append(torch.view(torch.softmax(own, 1, 6), [-1]))
    if len(plan.beginnings) > 0:
      weighing.append(torch.logsumexp(torch.to(own, 6), [1]))
  seen = __torch__.crosswise.summed(torch.view(values, [-1, width]), reads.values, reads.value_starts, torch.to(torch.cat(shares), values.dtype))
  if len(plan.beginnings) == 0:
    return torch.view(seen, [n, heads * width])
  rest = torch.view(seen, [n, shared, heads // shared, width])
  rest_weight = torch.view(torch.stack(weighing), [n, shared, heads // shared])
  outs = annotate(List[Tensor], [])
  at = 0
  for beginning in plan.beginnings:
    to = at + beginning.count
    k = __torch__.crosswise.plain(keys, plan, beginning.run, beginning.offset, beginning.length, q.dtype)
    start, start_weight = __torch__.attention.begun(q[at:to], k, plan.beginning(values, beginning), scale)
    outs.append(__torch__.attention.weighed(start, start_weight, rest[at:to], rest_weight[at:to]))
    at = to
  outs.append(rest[at:])
  return torch.reshape(torch.cat(outs), [n, heads * width])
