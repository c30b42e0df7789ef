# The checkpoint's tensors, read where they lie: a safetensors file is mapped into memory once for each element type, and
# a tensor is a slice of that mapping. Only a tensor at an odd offset is copied. Names come without "model." in front.

class Weights:
  files : List[str]
  sizes : List[int]
  places : Dict[str, List[int]]
  maps : Dict[str, Tensor]
  device : str
  dtype : int
  block_rows : int
  block_columns : int
  plain_bytes : int
  quantized : int
  quantized_bytes : int

  def __init__(self: __torch__.weights.Weights, files: List[str], sizes: List[int], places: Dict[str, List[int]], device: str, dtype: int, block_rows: int, block_columns: int) -> NoneType:
    self.files = files
    self.sizes = sizes
    self.places = places
    self.maps = annotate(Dict[str, Tensor], {})
    self.device = device
    self.dtype = dtype
    self.block_rows = block_rows
    self.block_columns = block_columns
    self.plain_bytes = 0
    self.quantized = 0
    self.quantized_bytes = 0
    return None

  def has(self: __torch__.weights.Weights, name: str) -> bool:
    return name in self.places

  # As it lies in the file. A place is: file, element type, its size, first byte, end byte, then the shape.
  def stored(self: __torch__.weights.Weights, name: str) -> Tensor:
    place = self.places[name]
    file = place[0]
    size = place[2]
    shape = place[5:]
    if place[3] % size == 0:
      bytes = self.mapped(file, place[1], size)
      return torch.view(bytes[place[3] // size:place[4] // size], shape)
    raw = self.mapped(file, 0, 1)
    return torch.view(torch.view_copy(torch.clone(raw[place[3]:place[4]]), dtype=place[1]), shape)

  def mapped(self: __torch__.weights.Weights, file: int, dtype: int, size: int) -> Tensor:
    key = "{} {}".format(file, dtype)
    if key not in self.maps:
      self.maps[key] = torch.from_file(self.files[file], False, self.sizes[file] // size, dtype=dtype)
    return self.maps[key]

  # Lets go of the files as far as no tensor lies in them any more. What is read later comes through a mapping of its own,
  # of which only what is used takes memory.
  def release(self: __torch__.weights.Weights) -> NoneType:
    self.maps = annotate(Dict[str, Tensor], {})
    return None

  # A tensor of the model in the arithmetic's precision; fp8 blocks are multiplied out. What is small is copied, so that it
  # doesn't keep a file in memory.
  def read(self: __torch__.weights.Weights, name: str) -> Tensor:
    tensor = self.stored(name)
    if torch.dim(tensor) == 1:
      tensor = torch.clone(tensor)
    if name + "_scale_inv" in self.places:
      scale = torch.to(self.stored(name + "_scale_inv"), 6)
      rows, columns = torch.size(tensor)
      # A block may reach past a small matrix.
      scale = torch.repeat_interleave(scale, min(self.block_rows, rows), 0)[:rows]
      scale = torch.repeat_interleave(scale, min(self.block_columns, columns), 1)[:, :columns]
      tensor = torch.to(tensor, 6) * scale
    return torch.to(torch.to(tensor, self.dtype), self.device)

  def read_or_none(self: __torch__.weights.Weights, name: str) -> Optional[Tensor]:
    if self.has(name):
      return self.read(name)
    return None

  # Several matrices under one another, so that one product does for all.
  def stacked(self: __torch__.weights.Weights, names: List[str]) -> Tensor:
    if len(names) == 1:
      return self.read(names[0])
    return torch.cat([self.read(name) for name in names], 0)

  def stacked_or_none(self: __torch__.weights.Weights, names: List[str]) -> Optional[Tensor]:
    if self.has(names[0]):
      return self.stacked(names)
    return None

  # What steers a router stays in float32 whatever the arithmetic.
  def read_float(self: __torch__.weights.Weights, name: str) -> Tensor:
    return torch.to(torch.to(torch.clone(self.stored(name)), 6), self.device)

  def read_float_or_none(self: __torch__.weights.Weights, name: str) -> Optional[Tensor]:
    if self.has(name):
      return self.read_float(name)
    return None

