# What the device itself can do: reading memory, and multiplying matrices. Each method ends in a number that depends on
# all of its work, so that a device that runs ahead is waited for.

class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  device : Device
  bulk : Tensor
  left : Tensor
  right : Tensor

  def __getstate__(self: __torch__.limits.Model) -> int:
    return 0

  def __setstate__(self: __torch__.limits.Model, unused: int) -> NoneType:
    self.training = False
    self.device = torch.device("cpu")
    self.bulk = torch.zeros([0])
    self.left = torch.zeros([0])
    self.right = torch.zeros([0])
    return None

  def use_cuda(self: __torch__.limits.Model) -> int:
    self.device = torch.device("cuda")
    return 0

  # Rows of 4096 bytes to be read.
  def fill(self: __torch__.limits.Model, rows: int) -> int:
    self.bulk = torch.ones([rows, 1024], dtype=6, device=self.device)
    self.right = torch.ones([1024], dtype=6, device=self.device)
    return 0

  def read_by_sum(self: __torch__.limits.Model) -> int:
    return int(torch.sum(self.bulk))

  def read_by_max(self: __torch__.limits.Model) -> int:
    return int(torch.amax(self.bulk))

  def read_by_row_sums(self: __torch__.limits.Model) -> int:
    return int(torch.sum(self.bulk, [1])[0])

  def read_by_product(self: __torch__.limits.Model) -> int:
    return int(torch.mv(self.bulk, self.right)[0])

  # dtype: of their numbers
  def matrices(self: __torch__.limits.Model, m: int, k: int, n: int, dtype: int) -> int:
    self.left = torch.to(torch.rand([m, k], device=self.device), dtype)
    self.right = torch.to(torch.rand([k, n], device=self.device), dtype)
    return 0

  def multiply(self: __torch__.limits.Model, times: int) -> int:
    sum = 0.
    for i in range(times):
      sum = sum + float(torch.mm(self.left, self.right)[0, 0])
    return int(sum)
