import { Controller, Get } from '@nestjs/common';
import { openApiDocument } from '../api/openapi';

@Controller('api/v1/openapi.json')
export class ShowDocument {
  private readonly document = openApiDocument();

  /** The API's own description, for whoever writes against it. */
  @Get()
  show() {
    return this.document;
  }
}
