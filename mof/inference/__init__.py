"""Generation on onnxruntime: the model's two forms as graphs of our own, without TensorFlow or Keras."""
