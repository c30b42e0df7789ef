# A matrix laid out for one or two rows: in blocks of its outputs, [blocks, inputs, outputs of a block], each of which is
# read once, from its first byte to its last, by a kernel that fetches ahead. Kernels that multiply in tiles wait for
# every tile where another thread has the processor's other half.

# How many outputs a block has: as many as that kernel's registers hold, or half of that; 0 where neither fits.
def width(outputs: int) -> int:
  for width in [256, 128]:
    if outputs % width == 0:
      return width
  return 0

# weight [outputs, inputs]
def laid(weight: Tensor) -> Tensor:
  outputs, inputs = torch.size(weight)
  return torch.contiguous(torch.transpose(torch.view(weight, [-1, __torch__.columns.width(outputs), inputs]), 1, 2))

def plain(blocks: Tensor) -> Tensor:
  return torch.contiguous(torch.reshape(torch.transpose(blocks, 1, 2), [-1, torch.size(blocks, 1)]))

# order: the whole numbers from 0 on, as many as all blocks have inputs
def product(x: Tensor, blocks: Tensor, order: Tensor) -> Tensor:
  if torch.size(x, 0) <= 2:
    return __torch__.columns.summed(x, blocks, order)
  return __torch__.columns.multiplied(x, blocks)

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

# Each output is a sum of a block's inputs, weighed with x: what is done for a bag of embeddings. While a block is in the
# processor's cache it is summed for each row.
def summed(x: Tensor, blocks: Tensor, order: Tensor) -> Tensor:
  count, inputs, width = torch.size(blocks)
  n = torch.size(x, 0)
  order, bags, weighed = __torch__.columns.bags(x, count, order)
  out, _, _, _ = torch.embedding_bag(torch.view(blocks, [-1, width]), order, bags, False, 0, False, weighed)
  return __torch__.columns.rows(out, count, n)

# For each block and row: whose inputs, where each bag begins, and what they weigh.
def bags(x: Tensor, count: int, order: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  n, inputs = torch.size(x)
  if n > 1:
    order = torch.reshape(torch.expand(torch.view(order, [count, 1, inputs]), [count, n, inputs]), [-1])
  bags = torch.arange(0, count * n * inputs, inputs, dtype=order.dtype)
  return (order, bags, torch.reshape(torch.expand(x, [count, n, inputs]), [-1]))

# [blocks and rows, width] as one output for each row.
def rows(out: Tensor, count: int, n: int) -> Tensor:
  if n == 1:
    return torch.view(out, [1, -1])
  return torch.reshape(torch.transpose(torch.view(out, [count, n, -1]), 0, 1), [n, -1])
