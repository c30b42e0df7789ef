# The same through oneDNN's prepacked products, which only builds for x86-64 have.

class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  left : Tensor
  right : List[Tensor]
  order : Tensor
  bags : Tensor

  def __getstate__(self: __torch__.packed.Model) -> int:
    return 0

  def __setstate__(self: __torch__.packed.Model, unused: int) -> NoneType:
    self.training = False
    self.left = torch.zeros([0])
    self.right = annotate(List[Tensor], [])
    self.order = torch.zeros([0])
    self.bags = torch.zeros([0])
    return None

  # Weights of n rows and k columns, several times over.
  def pack(self: __torch__.packed.Model, copies: int, n: int, k: int) -> int:
    self.right = annotate(List[Tensor], [])
    for i in range(copies):
      self.right.append(ops.mkldnn._reorder_linear_weight(torch.to(torch.rand([n, k]), 15), None))
    return 0

  def rows(self: __torch__.packed.Model, m: int, k: int) -> int:
    self.left = torch.to(torch.rand([m, k]), 15)
    return 0

  # One product with each of the copies. All go into what is returned: what nobody asks for may be left out.
  def multiply(self: __torch__.packed.Model) -> int:
    sum = 0.
    for right in self.right:
      sum = sum + float(ops.mkldnn._linear_pointwise(self.left, right, None, "none", [], None)[0, 0])
    return int(sum)

  # Weights of n columns and k rows, several times over, in blocks of 256 or 128 columns.
  def lay(self: __torch__.packed.Model, copies: int, n: int, k: int) -> int:
    width = 256 if n % 256 == 0 else 128
    rows = n // width * k
    self.right = annotate(List[Tensor], [])
    for i in range(copies):
      self.right.append(torch.to(torch.rand([rows, width]), 15))
    self.order = torch.arange(rows, dtype=3)
    self.bags = torch.arange(0, rows, k, dtype=3)
    self.left = torch.repeat(torch.to(torch.rand([k]), 15), [n // width])
    return 0

  # One row times each of the copies, by the kernel that sums bags of embeddings.
  def weigh(self: __torch__.packed.Model) -> int:
    sum = 0.
    for right in self.right:
      out, _, _, _ = torch.embedding_bag(right, self.order, self.bags, False, 0, False, self.left)
      sum = sum + float(out[0, 0])
    return int(sum)
