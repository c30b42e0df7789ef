# A matrix laid out for one or two rows: in blocks of its outputs, [blocks, inputs, outputs of a block], each of which is
# read once, from its first byte to its last, by a kernel that fetches ahead. Kernels that multiply in tiles wait for
# every tile where another thread has the processor's other half. Each output is a sum of a block's inputs, weighed with the
# activations: what is done for a bag of embeddings. While a block is in the processor's cache it is summed for each row.

# How many outputs a block has, 0 where no number fits: as many as that kernel's registers hold, or half of that. Where
# bfloat16 is not known only bytes lie so; the registers hold 96 at once, and others take a tenth longer, unless filling up
# the last block does too.
def width(outputs: int) -> int:
  if __torch__.packed.widens():
    best, least = 0, outputs * 9 // 8
    for width in [96, 128, 64]:
      cost = (outputs + width - 1) // width * width
      if width != 96:
        cost = cost * 11 // 10
      if cost < least:
        best, least = width, cost
    return best
  for width in [256, 128]:
    if outputs % width == 0:
      return width
  return 0

# So many rows the kernel sums at once: each costs as much as the last where it computes in float32 in any case.
def few() -> int:
  return 8 if __torch__.packed.widens() else 2

# weight [outputs, inputs]
def laid(weight: Tensor) -> Tensor:
  outputs, inputs = torch.size(weight)
  width = __torch__.columns.width(outputs)
  if outputs % width > 0:
    weight = torch.constant_pad_nd(weight, [0, 0, 0, width - outputs % width])
  return torch.contiguous(torch.transpose(torch.view(weight, [-1, width, inputs]), 1, 2))

def plain(blocks: Tensor, outputs: int) -> Tensor:
  return torch.contiguous(torch.reshape(torch.transpose(blocks, 1, 2), [-1, torch.size(blocks, 1)])[:outputs])

# Without what the last block was filled up with.
def cut(y: Tensor, outputs: int) -> Tensor:
  return y if torch.size(y, 1) == outputs else torch.contiguous(y[:, :outputs])

# What the kernel is told beside a matrix of so many blocks: for each block and row of activations whose inputs, where each
# of these sums begins, and what its inputs weigh, which is filled in for each product.
class Sums:
  order : Tensor
  starts : Tensor
  weighed : Tensor
  weights : Tensor

  def __init__(self: __torch__.columns.Sums, blocks: int, rows: int, inputs: int, dtype: int) -> NoneType:
    each = torch.view(torch.arange(blocks * inputs, dtype=3), [blocks, 1, inputs])
    self.order = torch.reshape(torch.expand(each, [blocks, rows, inputs]), [-1])
    self.starts = torch.arange(0, blocks * rows * inputs, inputs, dtype=3)
    self.weighed = torch.zeros([blocks, rows, inputs], dtype=dtype)
    self.weights = torch.view(self.weighed, [-1])
    return None


# The same for all matrices of a shape and all steps: made once for each number of rows up to a few, when it is first
# wanted. `space` is there for all shapes together.
class Bags:
  blocks : int
  inputs : int
  dtype : int
  few : int
  known : Dict[int, __torch__.columns.Sums]
  space : Tensor

  def __init__(self: __torch__.columns.Bags, blocks: int, inputs: int, dtype: int, space: Tensor) -> NoneType:
    self.blocks = blocks
    self.inputs = inputs
    self.dtype = dtype
    self.few = __torch__.columns.few()
    self.known = annotate(Dict[int, __torch__.columns.Sums], {})
    self.space = space
    return None

  def sums(self: __torch__.columns.Bags, rows: int) -> __torch__.columns.Sums:
    if rows > self.few:
      return __torch__.columns.Sums(self.blocks, rows, self.inputs, self.dtype)
    if rows not in self.known:
      self.known[rows] = __torch__.columns.Sums(self.blocks, rows, self.inputs, self.dtype)
    return self.known[rows]


# How many weights are made into float32 at a time: as many as stay in the processor's cache.
def part() -> int:
  return 1572864

# Those of all shapes.
class Shapes:
  known : Dict[str, __torch__.columns.Bags]
  space : Tensor

  def __init__(self: __torch__.columns.Shapes) -> NoneType:
    self.known = annotate(Dict[str, __torch__.columns.Bags], {})
    self.space = torch.zeros([0])
    return None

  # dtype: of what the kernel weighs with
  def bags(self: __torch__.columns.Shapes, blocks: int, inputs: int, dtype: int) -> __torch__.columns.Bags:
    name = "{} {} {}".format(blocks, inputs, dtype)
    if __torch__.packed.widens() and torch.numel(self.space) == 0:
      self.space = torch.zeros([__torch__.columns.part()])
    if name not in self.known:
      self.known[name] = __torch__.columns.Bags(blocks, inputs, dtype, self.space)
    return self.known[name]


def product(x: Tensor, blocks: Tensor, bags: __torch__.columns.Bags) -> Tensor:
  n = torch.size(x, 0)
  if n > bags.few:
    return __torch__.columns.multiplied(x, blocks)
  sums = bags.sums(n)
  torch.copy_(sums.weighed, x)
  table = torch.view(blocks, [-1, torch.size(blocks, 2)])
  out, _, _, _ = torch.embedding_bag(table, sums.order, sums.starts, False, 0, False, sums.weights)
  if n == 1:
    return torch.view(out, [1, -1])
  return __torch__.columns.rows(out, n)

# More rows at once, as they come while the matrix lies so: prompts, and others until it is laid back.
def multiplied(x: Tensor, blocks: Tensor) -> Tensor:
  n = torch.size(x, 0)
  count, inputs, width = torch.size(blocks)
  if n <= 192:
    each = torch.bmm(torch.expand(torch.unsqueeze(x, 0), [count, n, inputs]), blocks)
    return torch.reshape(torch.transpose(each, 0, 1), [n, -1])
  out = torch.empty([n, count * width], dtype=x.dtype)
  for i in range(count):
    torch.mm(x, blocks[i], out=out[:, i * width:(i + 1) * width])
  return out

# [blocks and rows, width] as one output for each row.
def rows(out: Tensor, n: int) -> Tensor:
  return torch.reshape(torch.transpose(torch.view(out, [-1, n, torch.size(out, 1)]), 0, 1), [n, -1])
