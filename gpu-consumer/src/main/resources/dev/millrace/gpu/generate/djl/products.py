# Products with matrices as they are. Where the processor knows no bfloat16 (`packed.widens`), PyTorch makes each number into
# float32 as often as it is multiplied. For more than a few rows a matrix is made so first, a part at a time that stays in
# the processor's cache.

# How many weights such a part has: as many as need no memory anew each time.
def part() -> int:
  return 262144

# Whether as many rows are worth that.
def wide(x: Tensor, rows: int) -> bool:
  return rows > 3 and x.dtype == 15 and not x.is_cuda and __torch__.packed.widens()

# matrix: [outputs, inputs], of whatever type.
def linear(x: Tensor, matrix: Tensor, bias: Optional[Tensor]) -> Tensor:
  if not __torch__.products.wide(x, torch.size(x, 0)):
    return torch.linear(x, torch.to(matrix, x.dtype), bias)
  outputs, inputs = torch.size(matrix)
  rows = max(1, __torch__.products.part() // inputs)
  wide = torch.to(x, 6)
  out = torch.empty([torch.size(x, 0), outputs], dtype=x.dtype)
  for at in range(0, outputs, rows):
    some = torch.linear(wide, torch.to(matrix[at:at + rows], 6), None)
    if bias is not None:
      some = torch.add_(some, bias[at:at + rows])
    torch.copy_(out[:, at:at + rows], some)
  return out

# a @ b, of two matrices or of each pair in two stacks.
def product(a: Tensor, b: Tensor) -> Tensor:
  if not __torch__.products.wide(a, torch.size(a, -2)):
    return torch.matmul(a, b)
  return torch.to(torch.matmul(torch.to(a, 6), torch.to(b, 6)), a.dtype)
