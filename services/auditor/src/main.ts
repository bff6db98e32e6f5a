import { runService } from '@mandate/service-kit';
import { AppModule } from './app.module';

runService('auditor', AppModule);
