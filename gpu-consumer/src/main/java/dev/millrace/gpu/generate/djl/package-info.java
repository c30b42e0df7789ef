/** Models run through DJL's PyTorch engine: the model code is TorchScript source, everything around it is Java. */
@NullMarked
package dev.millrace.gpu.generate.djl;

import org.jspecify.annotations.NullMarked;
