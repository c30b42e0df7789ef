# Steps of sequences that decode, whose numbers stay where they are: a device that has run one can run it again, with other
# numbers in the same places, without being asked for each of its kernels.

class Frame:
  counts : List[int]
  ints : Tensor
  x : Tensor
  rows : Tensor
  draw_ints : Tensor
  draw_floats : Tensor

  # counts: as plan.py reads them; size: how many numbers go with them
  def __init__(self: __torch__.frames.Frame, counts: List[int], size: int, device: Device) -> NoneType:
    self.counts = counts
    self.ints = torch.zeros([size], dtype=3, device=device)
    self.x = torch.zeros([0])
    self.rows = torch.zeros([0])
    self.draw_ints = torch.zeros([0])
    self.draw_floats = torch.zeros([0])
    return None

  def fill(self: __torch__.frames.Frame, ints: Tensor, sizes: List[int], draw_floats: Tensor) -> NoneType:
    device = self.ints.device
    body, rows, draw_ints = torch.split_with_sizes(__torch__.plan.moved(ints, device), sizes)
    torch.copy_(self.ints, body)
    self.rows = rows
    self.draw_ints = draw_ints
    self.draw_floats = __torch__.plan.moved(draw_floats, device)
    return None

  def plan(self: __torch__.frames.Frame) -> __torch__.plan.Plan:
    return __torch__.plan.Plan(self.counts, self.ints)
