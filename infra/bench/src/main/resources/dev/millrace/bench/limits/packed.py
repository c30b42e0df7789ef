# The same as only builds for x86-64 have it: through oneDNN's prepacked products, or where the processor knows no bfloat16
# through float16, which it does know.

class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  left : Tensor
  right : List[Tensor]
  halves : List[__torch__.torch.classes.quantized.LinearPackedParamsBase]
  order : Tensor
  bags : Tensor

  def __getstate__(self: __torch__.packed.Model) -> int:
    return 0

  def __setstate__(self: __torch__.packed.Model, unused: int) -> NoneType:
    self.training = False
    self.left = torch.zeros([0])
    self.right = annotate(List[Tensor], [])
    self.halves = annotate(List[__torch__.torch.classes.quantized.LinearPackedParamsBase], [])
    self.order = torch.zeros([0])
    self.bags = torch.zeros([0])
    return None

  def supported(self: __torch__.packed.Model) -> int:
    return 1 if ops.mkldnn._is_mkldnn_bf16_supported() else 0

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

  # Weights of n columns and k rows, several times over, in blocks of so many columns.
  def lay(self: __torch__.packed.Model, copies: int, n: int, k: int, width: int) -> int:
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

  # Weights of n rows and k columns in float16, several times over.
  def halve(self: __torch__.packed.Model, copies: int, n: int, k: int) -> int:
    self.halves = annotate(List[__torch__.torch.classes.quantized.LinearPackedParamsBase], [])
    for i in range(copies):
      self.halves.append(ops.quantized.linear_prepack_fp16(torch.rand([n, k]), None))
    return 0

  # One product with each of these.
  def multiply_halves(self: __torch__.packed.Model) -> int:
    sum = 0.
    for right in self.halves:
      sum = sum + float(ops.quantized.linear_dynamic_fp16(torch.to(self.left, 6), right)[0, 0])
    return int(sum)
