# Steps of sequences that decode, whose numbers stay where they are: a device that has run one can run it again, with other
# numbers in the same places, without being asked for each of its kernels.

class Frame:
  counts : List[int]
  ints : Tensor
  x : Tensor

  # counts: as plan.py reads them; size: how many numbers go with them
  def __init__(self: __torch__.frames.Frame, counts: List[int], size: int, device: Device) -> NoneType:
    self.counts = counts
    self.ints = torch.zeros([size], dtype=3, device=device)
    self.x = torch.zeros([0])
    return None

  def fill(self: __torch__.frames.Frame, ints: Tensor) -> NoneType:
    torch.copy_(self.ints, ints)
    return None

  def plan(self: __torch__.frames.Frame) -> __torch__.plan.Plan:
    return __torch__.plan.Plan(self.counts, self.ints)
