import Foundation
import Testing

@testable import Recipe

/// What users type for models and data.
@Suite struct SpecificationFileTests {
  @Test(
    "What a model is called when nobody says",
    arguments: [
      ("torchvision:resnet18?weights=DEFAULT", "resnet18"), ("timm:vit_tiny", "vit_tiny"),
      ("hf:google/vit-base", "vit-base"), ("hub:pytorch/vision:resnet18", "resnet18"),
      ("script:nets/wide.pt", "wide"), ("py:nets/net.py:build?width=2", "build"),
      ("teacher=py:net.py:build", "teacher"), ("a b=timm:x?c=d", "a b"),
    ])
  func names(_ text: String, _ name: String) throws {
    let specification = Specification(text)
    #expect(specification.problem(as: .model) == nil)
    #expect(specification.name(as: .model) == name)
    #expect(specification.text == text)
  }

  @Test(
    "Data",
    arguments: [
      ("digits", "digits"), ("digits?size=32", "digits"), ("noisy=digits?noise=0.1", "noisy"),
      ("npz:data/clean.npz", "clean"), ("torchvision:CIFAR10?root=r", "CIFAR10"),
    ])
  func data(_ text: String, _ name: String) throws {
    #expect(Specification(text).problem(as: .data) == nil)
    #expect(Specification(text).name(as: .data) == name)
  }

  @Test(
    "What is none is told, with what to write",
    arguments: [
      "", "resnet18", "torchvision", "torchvision:", "py:net.py", "py:net.py:", "name=", "=py:a:b",
      "digits", "keras:x", "timm:x?pretrained", "timm:x?=3", "dir/a=py:x:y",
      "timm:x?a=1&a=2",
    ])
  func mistakes(_ text: String) {
    let problem = Specification(text).problem(as: .model)
    #expect(problem?.problem.contains("'") == true)
  }

  @Test func modelsAndDataHaveTheirOwnKinds() {
    #expect(Specification("timm:x").problem(as: .data) != nil)
    #expect(Specification("npz:x").problem(as: .model) != nil)
    #expect(Specification("digits:x").problem(as: .data) != nil)
  }

  @Test func missingFilesAreTold() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/recipe-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data().write(to: URL(filePath: "\(folder)/net.py"))
    #expect(Specification("py:net.py:f").missing(in: folder) == nil)
    let gone = Specification("py:net.py:f?checkpoint=a%26b.pt")
    #expect(gone.missing(in: folder) == "\(folder)/a&b.pt")
  }

  @Test(
    "Paths follow the folder that they lead from",
    arguments: [
      ("py:net.py:f?width=2&checkpoint=c.pt", "py:../net.py:f?width=2&checkpoint=../c.pt"),
      ("net=script:/abs/m.pt", "net=script:/abs/m.pt"), ("timm:a/b", "timm:a/b"),
      ("hub:nets:f?source=local", "hub:../nets:f?source=local"), ("hf:./bert", "hf:../bert"),
      ("py:n.py:f?%63heckpoint=a%26b.pt", "py:../n.py:f?checkpoint=../a%26b.pt"),
    ])
  func rebased(_ text: String, _ expected: String) {
    let rebased = Specification.rebased(text, as: .model, from: "/s/run", to: "/s/run/deep")
    #expect(rebased.replacing("/s/run/", with: "../") == expected)
  }
}
