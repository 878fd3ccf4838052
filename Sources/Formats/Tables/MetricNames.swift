/// Words that name something else than layers and models: tables of numbers under them are training
/// logs, scores and settings, which people keep beside their results.
enum MetricNames {
  /// The first of `names` that has such a word in it.
  static func first(in names: [String]) -> String? { names.first(where: matches) }

  /// The name that shows `header` to be a training log's: one of `epoch`, `step` and the like is a
  /// column, and another is called as a measure of training is.
  static func log(_ header: [String]) -> String? {
    let steps: Set = ["epoch", "step", "iteration", "iter", "global_step"]
    guard header.count > 2, header.contains(where: { steps.contains($0.lowercased()) }) else {
      return nil
    }
    return first(in: header)
  }

  /// Whether `name` has such a word in it.
  static func matches(_ name: String) -> Bool {
    let text = name.lowercased()
    return words.contains(text)
      || text.split(whereSeparator: { " _-/.@".contains($0) }).contains {
        words.contains(String($0))
      }
  }

  private static let words: Set<String> = [
    "acc", "accuracy", "auc", "auroc", "batch_size", "best", "bleu", "epochs", "error", "f1",
    "f1-score", "fid", "flops", "fpr", "iou", "latency", "learning_rate", "loss", "lr", "mae",
    "map", "memory", "miou", "momentum", "mse", "params", "perplexity", "ppl", "precision", "psnr",
    "r2", "recall", "rmse", "rouge", "runtime", "samples", "seconds", "ssim", "support",
    "throughput",
    "time", "top1", "top5", "wd", "weight_decay",
  ]
}
