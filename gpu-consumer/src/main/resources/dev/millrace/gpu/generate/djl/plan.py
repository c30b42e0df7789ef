# What a step reads, writes and gives back, unpacked from the two lists that Java sends: `counts` on the host, `ints` on
# the device. Spans of one token come first, of these those that share a beginning, then those that attend in place. A cache
# is [slots, heads, width].

# Numbers of the host brought to a device, which need not be waited for.
def moved(numbers: Tensor, device: Device) -> Tensor:
  if torch.numel(numbers) == 0:
    return torch.empty([0], dtype=numbers.dtype, device=device)
  return torch.to(numbers, device, numbers.dtype, True)


# Neighbouring spans of one token that attend in one call, their contexts padded to the longest of them.
class Group:
  count : int
  table : Tensor
  ends : Tensor
  shade : Tensor
  measures : List[Tensor]

  def __init__(self: __torch__.plan.Group, count: int, table: Tensor, ends: Tensor) -> NoneType:
    self.count = count
    self.table = table
    self.ends = ends
    self.shade = torch.zeros([0])
    self.measures = annotate(List[Tensor], [])
    return None

  # What a cache holds of its contexts, [count, width of the longest, heads, width].
  def contexts(self: __torch__.plan.Group, cache: Tensor, block: int) -> Tensor:
    slots, heads, width = torch.size(cache)
    blocks = torch.view(cache, [slots // block, block, heads, width])
    return torch.view(torch.index_select(blocks, 0, self.table), [self.count, -1, heads, width])

  # What is added to scores [count, ..., ..., width of the longest]: -inf past each context's end. Made once for all layers.
  def mask(self: __torch__.plan.Group, width: int, like: Tensor) -> Tensor:
    if torch.numel(self.shade) == 0:
      past = torch.unsqueeze(torch.arange(width, device=like.device), 0) >= torch.unsqueeze(self.ends, 1)
      shade = torch.masked_fill(torch.zeros([self.count, width], dtype=like.dtype, device=like.device), past, -inf)
      self.shade = torch.view(shade, [self.count, 1, 1, width])
    return self.shade

  # Where each query and each context begins and how much of it counts, for a kernel that wants no mask. Made once likewise.
  def measured(self: __torch__.plan.Group, width: int) -> List[Tensor]:
    if len(self.measures) == 0:
      queries = torch.arange(self.count + 1, dtype=3, device=self.ends.device)
      self.measures = [queries, torch.mul(queries, width), torch.to(self.ends, 3)]
    return self.measures


# What the contexts of neighbouring spans of one token begin with: `length` tokens from slot `run` on, or in the blocks of a
# table from `offset` on.
class Beginning:
  count : int
  length : int
  run : int
  offset : int

  def __init__(self: __torch__.plan.Beginning, numbers: List[int]) -> NoneType:
    self.count = numbers[0]
    self.length = numbers[1]
    self.run = numbers[2]
    self.offset = numbers[3]
    return None


class Plan:
  tokens : Tensor
  positions : Tensor
  slots : Tensor
  draws : Tensor
  scored : Tensor
  hidden : Tensor
  tables : Tensor
  groups : List[__torch__.plan.Group]
  placed : int
  longest : int
  measures : List[Tensor]
  beginnings : List[__torch__.plan.Beginning]
  longest_beginning : int
  queries : int
  begun : List[Tensor]
  spans : int
  singles : int
  block : int
  lengths : List[int]
  starts : List[int]
  froms : List[int]
  runs : List[int]
  offsets : List[int]
  most : int
  shade : Tensor
  slots_apart : List[Tensor]
  crosswise : Optional[__torch__.crosswise.Reads]

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
    self.tables = ids[at:at + counts[7]]
    at = at + counts[7]
    self.placed = counts[9]
    self.longest = counts[10]
    self.longest_beginning = counts[12]
    self.queries = counts[13]
    self.measures = annotate(List[Tensor], [])
    self.begun = annotate(List[Tensor], [])
    n = self.placed
    if n > 0:
      # Where each query begins, where each context does (the kernel takes one more), how much of it counts.
      queries = torch.arange(n + 1, dtype=3, device=ints.device)
      self.measures = [queries, ints[at:at + n + 1], ints[at + n + 1:at + 2 * n + 1]]
      at = at + 2 * n + 1
      if self.queries > 0:
        # The same of the beginnings, and whether a query has one.
        m = counts[11]
        has = ints[at + 3 * m + 2:at + 3 * m + 2 + n] > 0
        self.begun = [ints[at:at + m + 1], ints[at + m + 1:at + 2 * m + 2], ints[at + 2 * m + 2:at + 3 * m + 2], has]
        at = at + 3 * m + 2 + n
    first = 14
    self.lengths = counts[first:first + self.spans]
    first = first + self.spans
    self.starts = counts[first:first + self.spans]
    first = first + self.spans
    self.froms = counts[first:first + self.spans]
    first = first + self.spans
    self.runs = counts[first:first + self.spans]
    first = first + self.spans
    self.offsets = counts[first:first + self.spans]
    first = first + self.spans
    self.groups = annotate(List[__torch__.plan.Group], [])
    for i in range(counts[8]):
      count, blocks = counts[first], counts[first + 1]
      first = first + 2
      ends = ids[at:at + count]
      at = at + count
      self.groups.append(__torch__.plan.Group(count, ids[at:at + count * blocks], ends))
      at = at + count * blocks
    self.beginnings = annotate(List[__torch__.plan.Beginning], [])
    if self.placed == 0:
      for i in range(counts[11]):
        self.beginnings.append(__torch__.plan.Beginning(counts[first + 4 * i:first + 4 * i + 4]))
    self.most = max(self.lengths)
    self.shade = torch.zeros([0, 0])
    self.slots_apart = annotate(List[Tensor], [])
    self.crosswise = None
    return None

  # Keeps x, [tokens, heads, width], in a cache. On the CPU, where a prompt's blocks lie together, it is one copy.
  def write(self: __torch__.plan.Plan, cache: Tensor, x: Tensor) -> NoneType:
    if x.is_cuda:
      torch.index_copy_(cache, 0, self.slots, x)
      return None
    at = self.singles
    if at > 0:
      torch.index_copy_(cache, 0, self.slots[:at], x[:at])
    for i in range(self.singles, self.spans):
      n = self.lengths[i]
      run = self.runs[i]
      if run >= 0:
        torch.copy_(torch.narrow(cache, 0, run + self.starts[i], n), x[at:at + n])
      else:
        torch.index_copy_(cache, 0, self.slots[at:at + n], x[at:at + n])
      at = at + n
    return None

  # What is added to the scores of the last n tokens of any of the step's contexts, whose ends lie at its lower right:
  # 0 where a token may look, else -inf. A token has a row for each head of its group. Made once for all layers.
  def mask(self: __torch__.plan.Plan, n: int, group: int, like: Tensor) -> Tensor:
    if torch.size(self.shade, 0) != n * group:
      longest = n
      for i in range(self.singles, self.spans):
        longest = max(longest, self.starts[i] + self.lengths[i])
      open = __torch__.attention.mask(n, longest, like.device)
      shade = torch.masked_fill(torch.zeros([n, longest], dtype=like.dtype, device=like.device), torch.logical_not(open), -inf)
      self.shade = torch.reshape(torch.expand(torch.unsqueeze(shade, 1), [n, group, longest]), [n * group, longest])
    return self.shade

  # What a cache holds of span i's sequence after its beginning, in order, [context, heads, width].
  def context(self: __torch__.plan.Plan, cache: Tensor, i: int) -> Tensor:
    return self.lying(cache, self.runs[i], self.offsets[i], self.starts[i] + self.lengths[i] - self.froms[i])

  # The same of a beginning.
  def beginning(self: __torch__.plan.Plan, cache: Tensor, beginning: __torch__.plan.Beginning) -> Tensor:
    return self.lying(cache, beginning.run, beginning.offset, beginning.length)

  # The blocks of so many tokens that do not lie together.
  def table(self: __torch__.plan.Plan, offset: int, length: int) -> Tensor:
    return self.tables[offset:offset + (length + self.block - 1) // self.block]

  # So many tokens of a sequence: a view where its blocks lie together.
  def lying(self: __torch__.plan.Plan, cache: Tensor, run: int, offset: int, length: int) -> Tensor:
    if run >= 0:
      return cache[run:run + length]
    slots, heads, width = torch.size(cache)
    table = self.table(offset, length)
    blocks = torch.view(cache, [slots // self.block, self.block, heads, width])
    return torch.view(torch.index_select(blocks, 0, table), [-1, heads, width])[:length]

  # The block of each slot that is written, and where inside it. Made once for all layers.
  def places(self: __torch__.plan.Plan) -> Tuple[Tensor, Tensor]:
    if len(self.slots_apart) == 0:
      self.slots_apart = [self.slots // self.block, torch.remainder(self.slots, self.block)]
    return (self.slots_apart[0], self.slots_apart[1])

  # What is read for the spans of one token, after their beginnings, where keys lie crosswise. Made once likewise.
  def reads(self: __torch__.plan.Plan, heads: int, shared: int, width: int) -> __torch__.crosswise.Reads:
    known = self.crosswise
    if known is not None:
      return known
    lengths = annotate(List[int], [])
    tables = annotate(List[Tensor], [])
    for i in range(self.singles):
      length = self.starts[i] + 1 - self.froms[i]
      lengths.append(length)
      if self.runs[i] >= 0:
        first = self.runs[i] // self.block
        tables.append(torch.arange(first, first + (length + self.block - 1) // self.block, dtype=3))
      else:
        tables.append(torch.to(self.table(self.offsets[i], length), 3))
    made = __torch__.crosswise.Reads(lengths, tables, self.block, heads, shared, width)
    self.crosswise = made
    return made
