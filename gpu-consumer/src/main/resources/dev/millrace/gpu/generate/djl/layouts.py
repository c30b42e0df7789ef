# The large matrices, which can be laid in columns and back as they were loaded. They are there once, so they are laid anew
# a part of the model at a time.

class Layouts:
  linears : List[__torch__.linear.Linear]
  moved : int
  part : int
  shapes : __torch__.columns.Shapes

  # least: of how many weights a matrix has to be to be worth it
  def __init__(self: __torch__.layouts.Layouts, linears: List[__torch__.linear.Linear], least: int) -> NoneType:
    self.linears = annotate(List[__torch__.linear.Linear], [])
    weights = 0
    for linear in linears:
      if linear.movable(least):
        self.linears.append(linear)
        weights += torch.numel(linear.weight)
    self.shapes = __torch__.columns.Shapes()
    self.part = weights // 24
    self.moved = 0
    return None

  # Both return how many lie in columns then.
  def to_columns(self: __torch__.layouts.Layouts) -> int:
    laid = 0
    while self.moved < len(self.linears) and laid <= self.part:
      laid += self.linears[self.moved].to_columns(self.shapes)
      self.moved += 1
    return self.moved

  def all_to_columns(self: __torch__.layouts.Layouts) -> NoneType:
    while self.moved < len(self.linears):
      self.to_columns()
    return None

  def from_columns(self: __torch__.layouts.Layouts) -> int:
    laid = 0
    while self.moved > 0 and laid <= self.part:
      laid += self.linears[self.moved - 1].from_columns()
      self.moved -= 1
    return self.moved
