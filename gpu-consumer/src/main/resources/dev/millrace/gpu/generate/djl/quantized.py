# Weights of eight or four bits. What a weight is worth is settled here, once: every way of multiplying uses the same
# values, so that the width of a batch may choose among them.

# A matrix is taken a part at a time, so that what is needed on the way takes little beside it: rows of a part, a multiple
# of 64, as the kernels' layouts ask for.
def part_rows(weight: Tensor) -> int:
  return max(64, 1048576 // torch.size(weight, 1) // 64 * 64)

# One scale a row: whole numbers from -127 to 127, which bfloat16 holds exactly.
def eight(weight: Tensor) -> Tuple[Tensor, Tensor]:
  whole = torch.empty_like(weight, dtype=1)
  scale = torch.empty([torch.size(weight, 0)], dtype=weight.dtype, device=weight.device)
  step = __torch__.quantized.part_rows(weight)
  for at in range(0, torch.size(weight, 0), step):
    rows = torch.to(weight[at:at + step], 6)
    part = torch.to(torch.clamp(torch.amax(torch.abs(rows), [1]) / 127., 1e-12), weight.dtype)
    torch.copy_(scale[at:at + step], part)
    rows = torch.round(rows / torch.unsqueeze(torch.to(part, 6), 1))
    torch.copy_(whole[at:at + step], torch.clamp(rows, -127, 127))
  return (whole, scale)

# The kernel for few rows reads sixteen inputs at a time, past the last of them where they don't come out even.
def eight_product(x: Tensor, whole: Tensor, scale: Tensor) -> Tensor:
  if x.is_cuda or torch.size(x, 0) > 12 or torch.size(x, 1) % 16 != 0:
    return __torch__.products.linear(x, whole, None) * scale
  return torch._weight_int8pack_mm(x, whole, scale)

# In columns, as `columns.py` has them: bytes from 1 to 255, and after each input's the factor and the sum that make whole
# numbers of them, as the kernel for bags of bytes wants it.
def eight_laid(whole: Tensor) -> Tensor:
  blocks = __torch__.columns.laid(torch.to(torch.to(whole, 2) + 128, 0))
  count, inputs, _ = torch.size(blocks)
  ends = torch.view_copy(torch.to(torch.linspace(1., -128., 2), 6), dtype=0)
  return torch.cat([blocks, torch.expand(ends, [count, inputs, 8])], 2)

def eight_plain(blocks: Tensor, outputs: int) -> Tensor:
  return __torch__.columns.plain(torch.to(torch.to(blocks[:, :, :-8], 2) - 128, 1), outputs)

# A block that lies in the processor's cache is summed for a row more in less time than it takes to make numbers of it that
# a product can use, which more rows than these are worth.
def eight_laid_product(x: Tensor, blocks: Tensor, scale: Tensor, bags: __torch__.columns.Bags) -> Tensor:
  n = torch.size(x, 0)
  if n > bags.few and __torch__.packed.widens():
    y = __torch__.quantized.eight_laid_widened(x, blocks, bags.space)
    return torch.to(__torch__.columns.cut(y, torch.numel(scale)) * scale, x.dtype)
  if n > 16:
    return __torch__.quantized.eight_laid_multiplied(x, blocks) * scale
  count, inputs, width = torch.size(blocks)
  sums = bags.sums(n)
  torch.copy_(sums.weighed, x)
  table = torch.view(blocks, [-1, width])
  out = ops.quantized.embedding_bag_byte_rowwise_offsets(table, sums.order, sums.starts, False, 0, False, sums.weights)
  return torch.to(__torch__.columns.cut(__torch__.columns.rows(out, n), torch.numel(scale)) * scale, x.dtype)

# Block by block, so that none leaves the cache between being made into numbers and being multiplied.
def eight_laid_multiplied(x: Tensor, blocks: Tensor) -> Tensor:
  count, _, ends = torch.size(blocks)
  width = ends - 8
  out = torch.empty([torch.size(x, 0), count * width], dtype=x.dtype)
  for i in range(count):
    whole = torch.sub_(torch.to(blocks[i, :, :-8], x.dtype), 128)
    torch.mm(x, whole, out=out[:, i * width:(i + 1) * width])
  return out

# The same where bfloat16 is not known: as many blocks at a time as stay in the cache are made into float32, and multiplied side
# by side, in `space`. The result is in float32.
def eight_laid_widened(x: Tensor, blocks: Tensor, space: Tensor) -> Tensor:
  n = torch.size(x, 0)
  count, inputs, ends = torch.size(blocks)
  width = ends - 8
  some = max(1, torch.numel(space) // (inputs * width))
  if inputs * width > torch.numel(space):
    space = torch.empty([inputs * width])
  wide = torch.view(space[:some * inputs * width], [some, inputs, width])
  rows = torch.expand(torch.unsqueeze(torch.to(x, 6), 0), [some, n, inputs])
  out = torch.empty([count, n, width], dtype=6)
  for at in range(0, count, some):
    whole = blocks[at:at + some, :, :width]
    part = wide[:torch.size(whole, 0)]
    torch.copy_(part, whole)
    torch.bmm(rows[:torch.size(part, 0)], torch.sub_(part, 128.), out=out[at:at + some])
  return torch.reshape(torch.transpose(out, 0, 1), [n, -1])

# Weights of four bits: their bytes, the lanes of the layout that these have, and a scale for each `group` of a row.
def four(weight: Tensor, group: int) -> Tuple[Tensor, int, Tensor]:
  rows = torch.size(weight, 0)
  columns = torch.size(weight, 1)
  bytes = torch.empty([rows, columns // 2], dtype=0, device=weight.device)
  scale = torch.empty([rows, columns // group], dtype=weight.dtype, device=weight.device)
  lanes = -1
  step = __torch__.quantized.part_rows(weight)
  for at in range(0, rows, step):
    whole, part = __torch__.quantized.rounded(weight[at:at + step], group)
    if lanes < 0:
      lanes = __torch__.quantized.lanes_of(whole)
    torch.copy_(bytes[at:at + step], __torch__.quantized.packed(whole, lanes))
    torch.copy_(scale[at:at + step], part)
  return (bytes, lanes, scale)

# One scale for `group` weights of a row: whole numbers from 0 to 15 that stand for -8 to 7. A scale has five bits, so
# that its product with them is exact in bfloat16 too.
def rounded(weight: Tensor, group: int) -> Tuple[Tensor, Tensor]:
  rows = torch.size(weight, 0)
  columns = torch.size(weight, 1)
  grouped = torch.view(torch.to(weight, 6), [rows, columns // group, group])
  largest = torch.gather(grouped, 2, torch.argmax(torch.abs(grouped), 2, True))
  mantissa, exponent = torch.frexp(largest / -8.)
  scale = torch.ldexp(torch.round(mantissa * 32.) / 32., exponent)
  scale = torch.where(scale == 0, torch.ones_like(scale), scale)
  whole = torch.clamp(torch.round(grouped / scale), -8, 7) + 8
  return (torch.to(torch.view(whole, [rows, columns]), 3), torch.to(torch.squeeze(scale, 2), weight.dtype))

# The group that fits a row: the wanted one, or a smaller one; 0 where none does.
def fitting_group(weight: Tensor, wanted: int) -> int:
  rows = torch.size(weight, 0)
  columns = torch.size(weight, 1)
  if rows % 64 != 0:
    return 0
  group = wanted
  while group >= 32:
    if columns % group == 0:
      return group
    group = group // 2
  return 0

# Scales as the four-bit kernel wants them: [groups, rows, 2], each with the value in the middle of its range.
def scales_and_middles(scale: Tensor) -> Tensor:
  turned = torch.t(scale)
  return torch.contiguous(torch.stack([turned, torch.zeros_like(turned)], 2))

# In blocks of how many rows the kernel of this machine keeps four-bit weights; 0 where it has none.
def lanes_of(whole: Tensor) -> int:
  if not whole.is_cuda:
    bytes = torch._convert_weight_to_int4pack_for_cpu(whole, 2)
    for lanes in [64, 32]:
      if torch.equal(torch.to(__torch__.quantized.unpacked(bytes, lanes), 3), whole):
        return lanes
  return 0

# Two weights a byte, in that kernel's order or in plain order.
def packed(whole: Tensor, lanes: int) -> Tensor:
  if lanes > 0:
    return torch._convert_weight_to_int4pack_for_cpu(whole, 2)
  return torch.to(torch.bitwise_or(whole[:, ::2], torch.bitwise_left_shift(whole[:, 1::2], 4)), 0)

# Back to one weight an element. In kernel order a block of `lanes` rows lies column by column, each column's first half
# in the low bits and its second half in the high bits.
def unpacked(bytes: Tensor, lanes: int) -> Tensor:
  low = torch.bitwise_and(bytes, 15)
  high = torch.bitwise_right_shift(bytes, 4)
  rows = torch.size(bytes, 0)
  columns = torch.size(bytes, 1) * 2
  if lanes == 0:
    return torch.view(torch.stack([low, high], 2), [rows, columns])
  block = [rows // lanes, columns, lanes // 2]
  both = torch.cat([torch.view(low, block), torch.view(high, block)], 2)
  return torch.reshape(torch.transpose(both, 1, 2), [rows, columns])

def four_product(x: Tensor, bytes: Tensor, lanes: int, scale: Tensor, group: int) -> Tensor:
  if lanes == 0:
    whole = torch.to(__torch__.quantized.unpacked(bytes, lanes), x.dtype) - 8
    rows = torch.size(whole, 0)
    grouped = torch.view(whole, [rows, -1, group]) * torch.unsqueeze(scale, 2)
    return __torch__.products.linear(x, torch.view(grouped, [rows, -1]), None)
  wide = __torch__.products.wide(x, torch.size(x, 0))
  if torch.size(x, 0) <= (32 if wide else 96):
    return torch._weight_int4pack_mm_for_cpu(x, bytes, group, scale)
  if wide:
    return __torch__.quantized.four_widened(x, bytes, lanes // 2, scale, group)
  return __torch__.quantized.four_spread(x, bytes, lanes // 2, scale, group)

# For many rows: the matrix is spread out from kernel order, turned round, its low bits and its high bits each by
# themselves, because that takes the fewest passes over it.
def four_spread(x: Tensor, bytes: Tensor, half: int, scale: Tensor, group: int) -> Tensor:
  blocks = torch.size(bytes, 0) // (2 * half)
  columns = torch.size(bytes, 1) * 2
  turned = torch.contiguous(torch.transpose(torch.view(bytes, [blocks, columns, half]), 0, 1))
  scales = torch.view(scale[:, :, 0], [-1, 1, blocks, 2, half])
  outs = annotate(List[Tensor], [])
  for part in range(2):
    bits = torch.bitwise_right_shift(turned, 4) if part == 1 else torch.bitwise_and(turned, 15)
    whole = torch.view(torch.sub_(torch.to(bits, x.dtype), 8), [-1, group, blocks, half])
    whole = torch.mul_(whole, scales[:, :, :, part])
    outs.append(torch.view(torch.mm(x, torch.view(whole, [columns, -1])), [-1, blocks, half]))
  return torch.view(torch.cat(outs, 2), [torch.size(x, 0), -1])

# The same in float32, a part of the matrix at a time, its low bits and its high bits side by side.
def four_widened(x: Tensor, bytes: Tensor, half: int, scale: Tensor, group: int) -> Tensor:
  n, columns = torch.size(x)
  laid = torch.view(bytes, [-1, columns, half])
  blocks = torch.size(laid, 0)
  scales = torch.permute(torch.view(torch.to(scale[:, :, 0], 6), [-1, 1, blocks, 2, half]), [3, 0, 1, 2, 4])
  rows = torch.expand(torch.unsqueeze(torch.to(x, 6), 0), [2, n, columns])
  out = torch.empty([n, blocks, 2, half], dtype=x.dtype)
  some = max(1, __torch__.columns.part() // (2 * columns * half))
  for at in range(0, blocks, some):
    turned = torch.transpose(laid[at:at + some], 0, 1)
    count = torch.size(turned, 1)
    bits = torch.stack([torch.bitwise_and(turned, 15), torch.bitwise_right_shift(turned, 4)], 0)
    whole = torch.view(torch.sub_(torch.to(bits, 6), 8.), [2, -1, group, count, half])
    whole = torch.mul_(whole, scales[:, :, :, at:at + some])
    each = torch.view(torch.bmm(rows, torch.view(whole, [2, columns, -1])), [2, n, count, half])
    torch.copy_(out[:, at:at + some], torch.permute(each, [1, 2, 0, 3]))
  return torch.view(out, [n, -1])
