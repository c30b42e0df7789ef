# What a step reads, writes and gives back, unpacked from the two lists that Java sends: `counts` on the host, `ints` on
# the device. Spans of one token come first.

class Plan:
  tokens : Tensor
  positions : Tensor
  slots : Tensor
  draws : Tensor
  scored : Tensor
  hidden : Tensor
  copied : Tensor
  tables : Tensor
  spans : int
  singles : int
  block : int
  lengths : List[int]
  ends : List[int]
  runs : List[int]
  offsets : List[int]

  def __init__(self: __torch__.plan.Plan, counts: List[int], ints: Tensor) -> NoneType:
    ids = torch.to(ints, 4)
    n = counts[0]
    self.spans = counts[1]
    self.singles = counts[2]
    self.block = counts[3]
    self.tokens = ids[:n]
    self.positions = ids[n:2 * n]
    self.slots = ids[2 * n:3 * n]
    at = 3 * n
    self.draws = ids[at:at + counts[4]]
    at = at + counts[4]
    self.scored = ids[at:at + counts[5]]
    at = at + counts[5]
    self.hidden = ids[at:at + counts[6]]
    at = at + counts[6]
    self.copied = ids[at:at + 2 * counts[7]]
    at = at + 2 * counts[7]
    self.tables = ids[at:]
    first = 8
    self.lengths = counts[first:first + self.spans]
    first = first + self.spans
    self.ends = counts[first:first + self.spans]
    first = first + self.spans
    self.runs = counts[first:first + self.spans]
    first = first + self.spans
    self.offsets = counts[first:first + self.spans]
    return None

  # The part of a cache [slots, ...] that holds span i's sequence, in order: a view where its blocks lie together.
  def context(self: __torch__.plan.Plan, cache: Tensor, i: int) -> Tensor:
    end = self.ends[i]
    run = self.runs[i]
    if run >= 0:
      return cache[run:run + end]
    offset = self.offsets[i]
    blocks = (end + self.block - 1) // self.block
    table = self.tables[offset:offset + blocks]
    paged = torch.view(cache, [torch.size(cache, 0) // self.block, -1])
    gathered = torch.view(torch.index_select(paged, 0, table), [blocks * self.block] + torch.size(cache)[1:])
    return gathered[:end]

  # Copies whole blocks of a cache, for sequences that part.
  def copy(self: __torch__.plan.Plan, cache: Tensor) -> NoneType:
    paged = torch.view(cache, [torch.size(cache, 0) // self.block, -1])
    pairs = torch.view(self.copied, [-1, 2])
    moved = torch.index_select(paged, 0, pairs[:, 0])
    torch.index_copy_(paged, 0, pairs[:, 1], moved)
    return None

  def copies(self: __torch__.plan.Plan) -> bool:
    return torch.size(self.copied, 0) > 0
