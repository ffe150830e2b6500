import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * A machine image on which hosts install the ECS agent. The images of the accelerator families extend it.
 * @internal
 */
export abstract class ImageWithoutAgent implements ec2.IMachineImage {
  /** @internal */
  public readonly _image: ec2.IMachineImage;

  /** The device name of the root volume. */
  public readonly rootDeviceName: string;

  protected constructor(image: ec2.IMachineImage, rootDeviceName: string) {
    this._image = image;
    this.rootDeviceName = rootDeviceName;
  }

  /** Returns the image to use in the context of a stack. */
  public getImage(scope: Construct): ec2.MachineImageConfig {
    return this._image.getImage(scope);
  }
}
